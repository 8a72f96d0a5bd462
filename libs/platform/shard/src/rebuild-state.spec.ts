import { setTimeout as sleep } from 'node:timers/promises';
import { encodePlain, plainHash } from '@clearway/platform-journal';
import { counterCodec, counterMachine } from './fixtures/counter-machine';
import { rebuildState } from './rebuild-state';

describe('a state that takes long to restore', () => {
  const state = encodePlain(counterMachine.snapshot(counterMachine.create()));
  const position = { nextEvent: 5, nextSequence: 2, lastMicros: 1 };
  const stored = { shard: 'spec/0', machine: 'counter', ...position, state, stateHash: plainHash(state) };
  const journal = { loadSnapshot: async () => stored, readBatches: async () => [] };

  it('is restored in slices, so that the lease goes on being kept', async () => {
    const beganAtMs = performance.now();
    let lastMs = beganAtMs;
    let longestMs = 0;
    const look = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 5);
    const machine = {
      ...counterMachine,
      *restoring(plain: Parameters<typeof counterMachine.restore>[0]) {
        while (performance.now() - beganAtMs < 600) {
          const untilMs = performance.now() + 1;
          while (performance.now() < untilMs);
          yield;
        }
        return counterMachine.restore(plain);
      },
    };
    const rebuilt = await rebuildState({ journal, shardId: 'spec/0', machine, codec: counterCodec });
    await sleep(10);
    clearInterval(look);
    expect(rebuilt).toMatchObject({ position: { nextEvent: 5, nextSequence: 2 }, snapshotEvent: 5 });
    expect(longestMs).toBeLessThan(300);
  });
});
