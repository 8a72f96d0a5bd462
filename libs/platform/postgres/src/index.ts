export * from './create-databases';
export * from './embedded-postgres';
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors';
export * from './migrate';
export * from './pool';
export * from './postgres-errors';
export { type RestorePlan, type RestoreTarget, restoreCluster } from './restore-cluster';
export type { PostgresExit, PostgresLog } from './server-process';
export { walDirOf } from './wal-archive';
