/** The end-to-end tests: real processes, a real database, real grpcurl; one file at a time. They need a build. */
const base = require('./jest.config.js');

module.exports = {
  ...base,
  // A thousand readers against the clock need the machine for themselves, too.
  testMatch: ['e2e', 'hostile', 'chaos', 'production-trial', 'bench/src/marketdata'].map(
    (app) => `**/apps/${app}/**/*.spec.ts`,
  ),
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
