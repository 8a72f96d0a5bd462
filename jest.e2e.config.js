/** The end-to-end tests: real processes, a real database, real grpcurl; one file at a time. They need a build. */
const base = require('./jest.config.js');

module.exports = {
  ...base,
  testMatch: ['e2e', 'hostile', 'chaos', 'production-trial'].map((app) => `**/apps/${app}/**/*.spec.ts`),
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
