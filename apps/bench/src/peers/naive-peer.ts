import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentPki, spiffeIdOf } from '@clearway/platform-pki';
import { type TlsFiles, tlsFilesOf } from '@clearway/platform-rpc';
import { type Client, credentials } from '@grpc/grpc-js';
import type { Pool } from 'pg';
import type { SagaPeer } from './measure-sagas';
import { PARTICIPANTS, type Participant, STEPS, type StepOrder } from './saga-steps';
import type { ScratchDatabase } from './scratch-database';
import { type ParticipantCommand, type ParticipantFigures, STEP_SERVICE, StepClient } from './step-protocol';

/** The naive peer while it stands. */
export type NaivePeer = Pick<SagaPeer, 'run'> & {
  /** CPU of this process and of the three participants. */
  nodeMicros(): Promise<number>;
  stop(): Promise<void>;
};

interface RunningParticipant {
  readonly child: ChildProcess;
  readonly client: Client;
}

/** A name of the participants' certificates, for TLS wants none that is an address. */
const TARGET_NAME = { 'grpc.ssl_target_name_override': 'localhost' };

/**
 * Starts three participants, `entryFile` in a process each, behind mutual TLS; the orchestrator is this process. It writes the
 * saga's row before the first call and after each answer, so that another one could go on where it stopped.
 */
export async function startNaivePeer(
  { url, pool }: Pick<ScratchDatabase, 'url' | 'pool'>,
  entryFile: string,
): Promise<NaivePeer> {
  const dir = await mkdtemp(join(tmpdir(), 'clearway-peer-'));
  const running = new Map<Participant, RunningParticipant>();
  for (const name of PARTICIPANTS) running.set(name, await startParticipant(name, url, entryFile, dir));
  return {
    run: async (sagaId, account) => orchestrate(pool, running, sagaId, account),
    nodeMicros: async () => {
      const { user, system } = process.cpuUsage();
      const looks = [...running.values()].map(async ({ child }) => tell(child, { kind: 'look' }));
      return (await Promise.all(looks)).reduce((sum, { cpuMicros }) => sum + cpuMicros, user + system);
    },
    stop: async () => {
      await Promise.all([...running.values()].map(stopParticipant));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function orchestrate(
  pool: Pool,
  running: ReadonlyMap<Participant, RunningParticipant>,
  sagaId: string,
  account: number,
): Promise<void> {
  await pool.query({ name: 'begin', text: 'INSERT INTO sagas VALUES ($1, 0)', values: [sagaId] });
  for (const [index, { participant }] of STEPS.entries()) {
    await execute(running.get(participant)?.client as Client, { sagaId, index, account });
    const text = 'UPDATE sagas SET step = $2 WHERE saga_id = $1';
    await pool.query({ name: 'advance', text, values: [sagaId, index + 1] });
  }
}

function execute(client: Client, step: StepOrder): Promise<void> {
  const { path, requestSerialize, responseDeserialize } =
    STEP_SERVICE.execute as (typeof STEP_SERVICE)[string];
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, step, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

async function startParticipant(
  name: Participant,
  databaseUrl: string,
  entryFile: string,
  dir: string,
): Promise<RunningParticipant> {
  const identity = { kind: 'service', name } as const;
  const paths = (await ensureDevelopmentPki(dir, [identity])).get(spiffeIdOf(identity));
  if (!paths) throw new Error(`no certificate was made for ${name}`);
  const tls = tlsFilesOf(paths);
  const child = fork(entryFile, { stdio: 'inherit' });
  const { port } = await tell(child, { kind: 'serve', name, databaseUrl, tls });
  return { child, client: new StepClient(`127.0.0.1:${port}`, clientCredentials(tls), TARGET_NAME) };
}

function clientCredentials({ caPath, certPath, keyPath }: TlsFiles) {
  return credentials.createSsl(readFileSync(caPath), readFileSync(keyPath), readFileSync(certPath));
}

async function tell(child: ChildProcess, command: ParticipantCommand): Promise<ParticipantFigures> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a participant ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (figures) => {
      child.off('exit', ended);
      resolve(figures as ParticipantFigures);
    });
    child.send(command);
  });
}

async function stopParticipant({ child, client }: RunningParticipant): Promise<void> {
  client.close();
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
