import type { marketdata } from '@clearway/contracts';
import { RpcError, type ServerStreamHandler } from '@clearway/platform-rpc';
import type { MarketDataHub } from './market-data-hub';
import { subscriptionsOf } from './subscribe-request';

/**
 * Handles Subscribe of ENCODED_MARKET_DATA_SERVICE: snapshots and changes until the caller goes.
 * @param publisher gives the hub, or throws the RpcError that says why there is none
 */
export function serveSubscribe(
  publisher: () => MarketDataHub,
): ServerStreamHandler<marketdata.SubscribeRequest, Buffer> {
  return async (request, call, stream) => {
    const subscriptions = subscriptionsOf(request);
    const hub = publisher();
    for (const { symbol } of subscriptions)
      if (!hub.view(symbol)) throw new RpcError('UNKNOWN_SYMBOL', undefined, { symbol });
    const sink = {
      write: (message: Uint8Array) => stream.write(bufferOf(message)),
      drained: () => stream.drained(),
    };
    const unsubscribe = hub.subscribe(sink, subscriptions);
    try {
      await aborted(call.signal);
    } finally {
      unsubscribe();
    }
  };
}

/** The same bytes as the type that grpc-js takes, without a copy. */
function bufferOf(message: Uint8Array): Buffer {
  return Buffer.isBuffer(message) ? message : Buffer.from(message.buffer, message.byteOffset, message.length);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
