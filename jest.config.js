/**
 * One configuration for the whole workspace. Tests import the sources of other packages through the exports condition
 * "clearway-source", so nothing has to be built before a unit test runs. A spec beside its source is `x.spec.ts`; one
 * that needs a real database or real sockets is `x.int.spec.ts`. What starts the whole stack stands in apps/e2e, apps/hostile, apps/chaos and
 * apps/production-trial, beside what needs the machine for itself (apps/bench/src/marketdata), and has its own configuration, jest.e2e.config.js.
 */
module.exports = {
  testEnvironment: require.resolve('jest-environment-node'),
  testEnvironmentOptions: { customExportConditions: ['clearway-source', 'node', 'node-addons'] },
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    '/apps/e2e/',
    '/apps/hostile/',
    '/apps/chaos/',
    '/apps/production-trial/',
    '/apps/bench/src/marketdata/',
  ],
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/', '/\\.clearway/'],
  transform: {
    '^.+\\.ts$': [
      require.resolve('@swc/jest'),
      {
        jsc: { parser: { syntax: 'typescript', decorators: false }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFilesAfterEnv: [require.resolve('./tools/retry-real-time.cjs')],
  testTimeout: 30_000,
  // Two files at a time: more would starve the databases and services that the integration tests start beside jest.
  maxWorkers: 2,
  // Nx runs each project by itself, also one that has nothing to test.
  passWithNoTests: true,
};
