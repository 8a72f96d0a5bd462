import { marketdata } from '@clearway/contracts';
import type { MarketDataHub } from './market-data-hub';
import type { MessageSink } from './subscriber';

/** Takes the newest quote of a symbol, as the bytes that subscribers of its channel are sent. Must not throw. */
export type QuoteTaker = (
  symbol: string,
  quote: { readonly epoch: number; readonly sequence: number; readonly message: Uint8Array },
) => void;

/**
 * Hands every newer quote of a hub to somebody outside of the process: it is a subscriber like others, so it costs one encoding
 * that streams share, and is paced with them.
 */
export class QuotePublisher {
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly hub: MarketDataHub,
    private readonly take: QuoteTaker,
  ) {
    this.listed();
  }

  /** Takes in the instruments that were listed since. */
  listed(): void {
    this.unsubscribe();
    const choice = { kind: 'quotes' } as const;
    const subscriptions = [...this.hub.symbols].map((symbol) => ({ symbol, choice }));
    this.unsubscribe = this.hub.subscribe(this.sink, subscriptions);
  }

  /** Hands on nothing more. */
  stop(): void {
    this.unsubscribe();
    this.unsubscribe = () => undefined;
  }

  private readonly sink: MessageSink = {
    write: (message) => {
      const { symbol, epoch, sequence } = marketdata.SubscribeResponse.decode(message);
      this.take(symbol, { epoch, sequence, message });
      return true;
    },
    drained: () => Promise.resolve(),
  };
}
