import type { trading } from '@clearway/contracts';
import type { BidiHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { PlacedOrders } from '../effects/placed-orders';
import type { ReportHub } from '../effects/report-hub';
import type { TradingCore } from '../trading-core';
import { OrderEntrySession } from './order-entry-session';

/** Order entry for programs: commands in, acknowledgements and execution reports out, many to a message. */
export function streamOrdersRpc(
  core: TradingCore,
  codec: OrderCodec,
  placedOrders: PlacedOrders,
  hub: ReportHub,
): BidiHandler<trading.StreamOrdersRequest, trading.StreamOrdersResponse> {
  return async (call, stream) => {
    const session = new OrderEntrySession({ core, codec, placedOrders, hub, call, stream });
    try {
      await stream.receive((message) => session.take(message));
      await session.finished();
    } finally {
      await session.close();
    }
  };
}
