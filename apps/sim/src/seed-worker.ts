import { parentPort } from 'node:worker_threads';
import { runSeed } from './simulation';

/** What a worker is asked: one seed at a time, so that a slow seed holds up nobody else. */
export interface SeedTask {
  readonly seed: number;
  readonly steps: number;
}

parentPort?.on('message', ({ seed, steps }: SeedTask) => {
  void runSeed(seed, { steps }).then((result) => parentPort?.postMessage(result));
});
