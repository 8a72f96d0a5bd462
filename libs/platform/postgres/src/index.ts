export * from './create-databases';
export * from './embedded-postgres';
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors';
export * from './migrate';
export * from './pool';
export * from './postgres-errors';
export type { PostgresExit, PostgresLog } from './server-process';
