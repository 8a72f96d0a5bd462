import { parentPort, Worker } from 'node:worker_threads';
import type { Snapshot } from '@clearway/platform-journal';
import type { ShardLog } from './shard';

/** What to snapshot, where, and how often. */
export interface SnapshotterOptions {
  /** The shard whose journal grows; a Shard fits. */
  readonly shard: { readonly id: string; durablePosition(): { readonly nextEvent: number } };
  /** A JavaScript file that calls `reportSnapshot(snapshotOnce(…))` for the shard. */
  readonly workerEntryFile: string;
  /** Handed to the worker as workerData, for example its database URL and shard id. */
  readonly workerData: unknown;
  /** A snapshot is taken after this many events. */
  readonly everyEvents?: number;
  readonly log: ShardLog;
}

/** A running snapshotter. */
export interface Snapshotter {
  /** Takes a snapshot now, or joins the one under way; gives its position. It rejects when the worker failed. */
  snapshotNow(): Promise<number>;
  /** Takes no more, and ends a worker under way: nothing is stored by halves. */
  stop(): Promise<void>;
}

const SNAPSHOT_EVERY_EVENTS = 100_000;
const CHECK_INTERVAL_MS = 1_000;
/** The worker rests so many times as long as it kept the processor: it takes a tenth of one core from the orders, whatever their rate. */
const REST_FACTOR = 9;

/**
 * Takes snapshots in a worker thread whenever the journal has grown enough. The worker replays into a state of its own, so
 * the turn loop never waits for it; under load it rests between snapshots, or it would run all the time. A failed snapshot
 * is logged and tried again: it costs recovery time, not truth.
 */
export function startSnapshotter(options: SnapshotterOptions): Snapshotter {
  const { shard, everyEvents = SNAPSHOT_EVERY_EVENTS, log } = options;
  // From 0, not from here: the last snapshot before a restart may lie far back.
  let lastEvent = 0;
  let restsUntilMs = 0;
  let running: { readonly worker: Worker; readonly done: Promise<number> } | undefined;

  const snapshotNow = async (): Promise<number> => {
    running ??= begin();
    return running.done;
  };
  const begin = (): { worker: Worker; done: Promise<number> } => {
    const begunAtEvent = shard.durablePosition().nextEvent;
    const begunAtMs = performance.now();
    const worker = new Worker(options.workerEntryFile, { workerData: options.workerData });
    let workedMs: number | undefined;
    const done = resultOf(worker)
      .then(({ nextEvent, cpuMs }) => {
        lastEvent = Math.max(nextEvent, begunAtEvent);
        workedMs = cpuMs;
        return nextEvent;
      })
      .finally(() => {
        running = undefined;
        const endedAtMs = performance.now();
        restsUntilMs = endedAtMs + REST_FACTOR * (workedMs ?? endedAtMs - begunAtMs);
      });
    return { worker, done };
  };
  const timer = setInterval(() => {
    if (running !== undefined || performance.now() < restsUntilMs) return;
    if (shard.durablePosition().nextEvent - lastEvent < everyEvents) return;
    snapshotNow().then(
      (nextEvent) => log.info({ shard: shard.id, nextEvent }, 'snapshot taken'),
      (error: unknown) => log.error({ shard: shard.id, err: error }, 'snapshot failed'),
    );
  }, CHECK_INTERVAL_MS);
  timer.unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    const { worker, done } = running ?? {};
    await worker?.terminate();
    await done?.catch(() => undefined);
  };
  return { snapshotNow, stop };
}

/** Called in the worker's entry file: tells the snapshotter what came of it. */
export async function reportSnapshot(taken: Promise<Snapshot | undefined>): Promise<void> {
  const snapshot = await taken;
  const { user, system } = process.threadCpuUsage();
  const result: SnapshotResult = { nextEvent: snapshot?.nextEvent ?? 0, cpuMs: (user + system) / 1_000 };
  parentPort?.postMessage(result);
}

/** What the worker tells: where the snapshot stands, and the processor time that it took. */
interface SnapshotResult {
  readonly nextEvent: number;
  readonly cpuMs: number;
}

async function resultOf(worker: Worker): Promise<SnapshotResult> {
  return new Promise<SnapshotResult>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The snapshot worker ended with ${code} and no result`)));
  });
}
