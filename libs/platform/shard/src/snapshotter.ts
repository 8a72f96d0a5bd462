import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Machine } from '@clearway/kernel';
import type { ShardLog } from './shard';
import type { StoreRequest } from './snapshot-store';
import { gentlePace, type SnapshotSource, writeSnapshot } from './write-snapshot';

/** What to snapshot, where, and how often. */
export interface SnapshotterOptions<State> {
  /** The shard whose journal grows; a Shard fits. */
  readonly shard: SnapshotSource<State> & { readonly id: string };
  readonly machine: Pick<Machine<State, never, never, never, never>, 'snapshot' | 'cut'>;
  /** A JavaScript file that calls `serveSnapshots(…)` for the shard. */
  readonly workerEntryFile: string;
  /** Handed to the worker as workerData, for example its database URL and shard id. */
  readonly workerData: unknown;
  /** A snapshot is taken after this many events, and after more where the last one was large. */
  readonly everyEvents?: number;
  readonly log: ShardLog;
}

/** A running snapshotter. */
export interface Snapshotter {
  /** Takes a snapshot now, or joins the one under way; gives its position. It rejects when it could not be stored. */
  snapshotNow(): Promise<number>;
  /** Takes no more, and ends the worker: nothing is stored by halves. */
  stop(): Promise<void>;
}

/** A restart replays about so many events: 1.2 s of trading's on the machine of docs/PERFORMANCE.md. */
const SNAPSHOT_EVERY_EVENTS = 300_000;
/** Storing the snapshot of a million open orders, 150 MB, is worth it about every 700,000 events, which take three seconds to replay. */
const STORED_BYTES_AN_EVENT = 200;
const CHECK_INTERVAL_MS = 1_000;
/** After a failure nothing is tried for so long: writing a large state down takes its share of the processor each time. */
const FAILURE_PAUSE_MS = 30_000;
/** So many snapshots share one proof by a replay, which costs ten times what taking one does. */
const PROOF_EVERY = 64;

/**
 * Takes snapshots whenever the journal has grown enough: the live state is written down in slices of two milliseconds beside
 * the turns, and a worker thread stores it. A failed snapshot is logged and tried again: it costs recovery time, not truth.
 */
export function startSnapshotter<State>(options: SnapshotterOptions<State>): Snapshotter {
  const { shard, machine, everyEvents = SNAPSHOT_EVERY_EVENTS, log } = options;
  const stopping = new AbortController();
  const pace = gentlePace(stopping.signal);
  // From 0, not from here: the last snapshot before a restart may lie far back.
  let lastEvent = 0;
  let lastBytes = 0;
  let pausesUntilMs = 0;
  let untilProof = PROOF_EVERY;
  let worker: StoreWorker | undefined;
  let running: Promise<number> | undefined;

  const take = async (): Promise<number> => {
    stopping.signal.throwIfAborted();
    worker = worker?.hasEnded === false ? worker : new StoreWorker(options);
    const { sendBytes } = worker;
    let bytes = 0;
    worker.send({ kind: 'begin' });
    const point = await writeSnapshot(shard, machine, pace, (chunk) => {
      bytes += chunk.length;
      sendBytes(chunk);
    });
    untilProof -= 1;
    const isProven = untilProof === 0;
    if (isProven) untilProof = PROOF_EVERY;
    await worker.store({ kind: 'store', point, isProven });
    // A proof leaves a second state behind.
    if (isProven) await worker.end();
    lastEvent = point.nextEvent;
    lastBytes = bytes;
    return point.nextEvent;
  };
  const snapshotNow = async (): Promise<number> => {
    running ??= take().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => {
    if (running !== undefined || performance.now() < pausesUntilMs) return;
    const dueEvents = Math.max(everyEvents, lastBytes / STORED_BYTES_AN_EVENT);
    if (shard.durablePosition().nextEvent - lastEvent < dueEvents) return;
    snapshotNow().then(
      (nextEvent) => log.info({ shard: shard.id, nextEvent }, 'snapshot taken'),
      (error: unknown) => {
        pausesUntilMs = performance.now() + FAILURE_PAUSE_MS;
        if (!stopping.signal.aborted) log.error({ shard: shard.id, err: error }, 'snapshot failed');
      },
    );
  }, CHECK_INTERVAL_MS);
  timer.unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    stopping.abort();
    const taking = running;
    await worker?.end();
    await taking?.catch(() => undefined);
  };
  return { snapshotNow, stop };
}

/** The thread that stores snapshots; it ends by itself when it can not. */
class StoreWorker {
  hasEnded = false;
  readonly #worker: Worker;
  readonly #end: Promise<never>;

  constructor({
    workerEntryFile,
    workerData,
  }: Pick<SnapshotterOptions<never>, 'workerEntryFile' | 'workerData'>) {
    this.#worker = new Worker(workerEntryFile, { workerData });
    this.#end = new Promise<never>((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => {
        this.hasEnded = true;
        reject(new Error(`The snapshot worker ended with ${code} and stored nothing`));
      });
    });
    // Between two snapshots nobody waits for it.
    this.#end.catch(() => undefined);
  }

  send(request: StoreRequest): void {
    this.#worker.postMessage(request);
  }

  /** Gives the bytes away: their buffer is empty here afterwards. */
  readonly sendBytes = (bytes: Buffer<ArrayBuffer>): void => {
    this.#worker.postMessage(bytes, [bytes.buffer]);
  };

  async store(request: StoreRequest): Promise<void> {
    const stored = once(this.#worker, 'message');
    this.send(request);
    await Promise.race([stored, this.#end]);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
