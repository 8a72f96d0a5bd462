import { join } from 'node:path';
import { usageOf } from '@clearway/platform-stack';
import { DBOS_CONNECTIONS_MAX, loadDbos, startDbosPeer } from './dbos-peer';
import { measureSagas, type PeerMeasurement, type PeerTimes, type SagaPeer } from './measure-sagas';
import { startNaivePeer } from './naive-peer';
import { checkSagas } from './saga-steps';
import { createScratchDatabase, type ScratchDatabase } from './scratch-database';
import { CONNECTIONS_MAX } from './step-protocol';

/** What both peers did. */
export interface PeerMeasurements {
  readonly naive: PeerMeasurement;
  /** Undefined where DBOS is not installed. */
  readonly dbos: PeerMeasurement | undefined;
}

/** Where and how long the peers run. */
export interface PeerPlan extends PeerTimes {
  /** The superuser's URL of the Postgres that the stack uses. */
  readonly postgresUrl: string;
  /** The process whose descendants include that Postgres; 0 when it is not known. */
  readonly stackPid: number;
  /** The compiled program of a naive participant. */
  readonly participantFile?: string;
}

type Running = Pick<SagaPeer, 'run'> & { nodeMicros(): Promise<number>; stop(): Promise<void> };

const SECONDS_MIN = 5;
const WARM_UP_SECONDS = 4;
const PARTICIPANT_FILE = join(__dirname, 'participant-main.js');

/** Half of the bench's measured time for each peer, and at least 5 s. */
export function peerTimes(benchSeconds: number): PeerTimes {
  return { warmUpSeconds: WARM_UP_SECONDS, seconds: Math.max(SECONDS_MIN, Math.round(benchSeconds / 2)) };
}

/** Runs the naive saga and then DBOS, each in a database of its own; throws when one of them lost a step. */
export async function runPeers(plan: PeerPlan): Promise<PeerMeasurements> {
  const participantFile = plan.participantFile ?? PARTICIPANT_FILE;
  const naive = await runPeer(plan, 'naive', CONNECTIONS_MAX, (database) =>
    startNaivePeer(database, participantFile),
  );
  const dbosModule = loadDbos();
  if (dbosModule === undefined) return { naive, dbos: undefined };
  const dbos = await runPeer(plan, 'dbos', DBOS_CONNECTIONS_MAX, (database) =>
    startDbosPeer(dbosModule, database),
  );
  return { naive, dbos };
}

async function runPeer(
  { postgresUrl, stackPid, ...times }: PeerPlan,
  name: string,
  connectionsMax: number,
  start: (database: ScratchDatabase) => Promise<Running>,
): Promise<PeerMeasurement> {
  const database = await createScratchDatabase(postgresUrl, `clearway_peer_${name}`, connectionsMax);
  try {
    const peer = await start(database);
    try {
      const cpu = async () => ({
        nodeMicros: await peer.nodeMicros(),
        postgresMicros: postgresMicros(stackPid),
      });
      const measurement = await measureSagas({ run: peer.run, cpu }, times);
      await checkSagas(database.pool, measurement.sagasInAll);
      return measurement;
    } finally {
      await peer.stop();
    }
  } finally {
    await database.drop();
  }
}

/** Postgres but for the services' own connections, which are at rest. */
function postgresMicros(stackPid: number): number | undefined {
  return stackPid === 0 ? undefined : usageOf(stackPid).get('postgres')?.cpuMicros;
}
