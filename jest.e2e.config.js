/** The end-to-end tests: real processes, a real database, real grpcurl; one file at a time. They need a build. */
const base = require('./jest.config.js');

module.exports = {
  ...base,
  testMatch: ['**/apps/e2e/**/*.spec.ts', '**/apps/hostile/**/*.spec.ts', '**/apps/chaos/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
