import type { trading } from '@clearway/contracts';
import type { BidiHandler } from '@clearway/platform-rpc';
import { type OrderEntryParts, OrderEntrySession } from './order-entry-session';

/** Order entry for programs: commands in, acknowledgements and execution reports out, many to a message. */
export function streamOrdersRpc(
  parts: Omit<OrderEntryParts, 'call' | 'stream'>,
): BidiHandler<trading.StreamOrdersRequest, trading.StreamOrdersResponse> {
  return async (call, stream) => {
    const session = new OrderEntrySession({ ...parts, call, stream });
    try {
      await stream.receive((message) => session.take(message));
      await session.finished();
    } finally {
      await session.close();
    }
  };
}
