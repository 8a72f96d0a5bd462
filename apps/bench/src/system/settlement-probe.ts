import { setTimeout as sleep } from 'node:timers/promises';
import type { trading } from '@clearway/contracts';
import type { RpcClient } from '@clearway/platform-rpc';
import type { Histogram } from 'hdr-histogram-js';
import type { LoadLane } from './load-lane';

const PROBE_EVERY_MS = 100;
const POLL_EVERY_MS = 2;
const GIVE_UP_MS = 10_000;
const MICROS_PER_MS = 1_000;

/** Follows one taker order a time, from when it was sent until no quantity of it is unsettled. */
export async function probeSettlement(
  client: RpcClient<typeof trading.TradingServiceService>,
  streams: readonly LoadLane[],
  settled: Histogram,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    await sleep(PROBE_EVERY_MS);
    const stream = streams[turn % streams.length];
    const taker = stream?.lastTaker;
    if (!stream || !taker) continue;
    stream.lastTaker = undefined;
    const deadlineMs = performance.now() + GIVE_UP_MS;
    while (!signal.aborted && performance.now() < deadlineMs) {
      const { order } = await client.call('getOrderStatus', {
        orderId: taker.orderId,
        account: '',
        clOrdId: '',
      });
      if (order?.unsettledQty === '0') {
        settled.recordValue(Math.round((performance.now() - taker.sentAtMs) * MICROS_PER_MS));
        break;
      }
      await sleep(POLL_EVERY_MS);
    }
  }
}
