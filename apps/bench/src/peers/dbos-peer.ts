import { createRequire } from 'node:module';
import type { SagaPeer } from './measure-sagas';
import { executeStep, STEPS } from './saga-steps';
import type { ScratchDatabase } from './scratch-database';

type DbosModule = typeof import('@dbos-inc/dbos-sdk');

/** DBOS while it is launched. */
export type DbosPeer = Pick<SagaPeer, 'run'> & {
  nodeMicros(): Promise<number>;
  stop(): Promise<void>;
};

/** Connections for what DBOS keeps itself; the steps' statements have as many beside them. */
export const DBOS_CONNECTIONS_MAX = 16;

const SILENT = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Loads DBOS Transact, a development dependency; answers undefined where it is not installed. */
export function loadDbos(): DbosModule | undefined {
  const load = createRequire(__filename);
  try {
    load.resolve('@dbos-inc/dbos-sdk');
  } catch {
    return undefined;
  }
  return load('@dbos-inc/dbos-sdk') as DbosModule;
}

/**
 * Launches DBOS in this process with its system tables in the scratch database. The saga is a workflow of four steps, called
 * directly rather than queued, each step a database transaction and DBOS's own checkpoint after it.
 */
export async function startDbosPeer(
  { DBOS }: DbosModule,
  { url, pool }: Pick<ScratchDatabase, 'url' | 'pool'>,
): Promise<DbosPeer> {
  const saga = DBOS.registerWorkflow(
    async (sagaId: string, account: number): Promise<void> => {
      for (const [index, { name }] of STEPS.entries())
        await DBOS.runStep(async () => executeStep(pool, { sagaId, index, account }), { name });
    },
    { name: 'saga' },
  );
  DBOS.setConfig({
    name: 'clearway-bench',
    systemDatabaseUrl: url,
    systemDatabasePoolSize: DBOS_CONNECTIONS_MAX,
    logger: SILENT,
  });
  await DBOS.launch();
  return {
    run: async (sagaId, account) => saga(sagaId, account),
    nodeMicros: async () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    stop: async () => DBOS.shutdown({ deregister: true }),
  };
}
