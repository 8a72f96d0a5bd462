import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Histogram } from 'hdr-histogram-js';
import { newHistogram } from '../system/load-lane';
import { ACCOUNTS } from './saga-steps';

/** Sagas that each peer keeps unfinished at a time. */
export const SAGAS_IN_FLIGHT = 64;

/** CPU that a peer has used so far. */
export interface PeerCpu {
  readonly nodeMicros: number;
  /** Undefined where Postgres is somebody else's, whose processes are not known. */
  readonly postgresMicros: number | undefined;
}

/** A peer that is ready to run sagas. */
export interface SagaPeer {
  /** Runs one saga; settles when it is durably done. */
  run(sagaId: string, account: number): Promise<void>;
  cpu(): Promise<PeerCpu>;
}

/** How long to run. */
export interface PeerTimes {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** What one peer did. */
export interface PeerMeasurement {
  readonly seconds: number;
  /** Sagas that ended within the measured time. */
  readonly sagas: number;
  /** Those and the ones of the warm-up and after: what the peer's tables must hold. */
  readonly sagasInAll: number;
  /** Microseconds from start to end of a saga. */
  readonly latency: Histogram;
  readonly cpu: PeerCpu;
}

/** Runs sagas for so long; rejects when one fails. */
export async function measureSagas(peer: SagaPeer, times: PeerTimes): Promise<PeerMeasurement> {
  let latency = newHistogram();
  let sagasInAll = 0;
  let isOver = false;
  const lane = async (): Promise<void> => {
    while (!isOver) {
      const startedAtMs = performance.now();
      await peer.run(randomUUID(), Math.floor(Math.random() * ACCOUNTS));
      latency.recordValue(Math.round((performance.now() - startedAtMs) * 1_000));
      sagasInAll += 1;
    }
  };
  const lanes = Promise.all(Array.from({ length: SAGAS_IN_FLIGHT }, lane));
  const measured = async () => {
    await sleep(times.warmUpSeconds * 1_000);
    latency = newHistogram();
    const before = await peer.cpu();
    const [startedAtMs, sagasBefore] = [performance.now(), sagasInAll];
    await sleep(times.seconds * 1_000);
    const sagas = sagasInAll - sagasBefore;
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const [seen, cpu] = [latency, difference(before, await peer.cpu())];
    latency = newHistogram();
    return { seconds, sagas, latency: seen, cpu };
  };
  try {
    const failed = lanes.then(() => Promise.reject(new Error('the sagas ended early')));
    const result = await Promise.race([measured(), failed]);
    isOver = true;
    await lanes;
    return { ...result, sagasInAll };
  } finally {
    isOver = true;
  }
}

function difference(before: PeerCpu, after: PeerCpu): PeerCpu {
  const known = before.postgresMicros !== undefined && after.postgresMicros !== undefined;
  return {
    nodeMicros: after.nodeMicros - before.nodeMicros,
    postgresMicros: known ? Number(after.postgresMicros) - Number(before.postgresMicros) : undefined,
  };
}
