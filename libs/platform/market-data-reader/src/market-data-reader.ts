import type { marketdata } from '@clearway/contracts';
import type { ClientStream, RpcClient } from '@clearway/platform-rpc';
import { MarketDataFollower } from './market-data-follower';

/** What a reader needs. */
export interface MarketDataReaderOptions {
  readonly client: Pick<RpcClient<typeof marketdata.MarketDataServiceService>, 'stream'>;
  /** Symbols and channels, as in the call. */
  readonly request: marketdata.SubscribeRequest;
  /** Told of each message once it was applied. It must not throw. */
  readonly onMessage?: (message: marketdata.SubscribeResponse) => void;
  /** Told why a stream has ended and is begun anew. */
  readonly onInterrupted?: (why: string) => void;
  /** First wait before a stream is begun anew; it doubles with each failure in a row up to `retryDelayMaxMs`. */
  readonly retryDelayMs?: number;
  readonly retryDelayMaxMs?: number;
}

const RETRY_DELAY_MS = 50;
const RETRY_DELAY_MAX_MS = 2_000;

/**
 * Follows market data for as long as it runs: subscribes, rebuilds the books, compares them with the server's hashes, and
 * begins anew by itself when the stream ends, a message is missing, or a hash differs.
 */
export class MarketDataReader {
  readonly follower = new MarketDataFollower();
  /** Streams that were begun. */
  subscriptions = 0;
  private readonly ending = new AbortController();
  private readonly over: Promise<void>;
  private stream: ClientStream<marketdata.SubscribeResponse> | undefined;
  private failuresInRow = 0;

  constructor(private readonly options: MarketDataReaderOptions) {
    this.over = this.run();
  }

  /** Stops; resolves when nothing more is told. */
  async stop(): Promise<void> {
    this.ending.abort();
    this.stream?.cancel();
    await this.over;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const why = await this.followOnce();
      this.follower.interrupted();
      if (signal.aborted) return;
      this.options.onInterrupted?.(why);
      await this.pause();
    }
  }

  private async followOnce(): Promise<string> {
    const { client, request, onMessage } = this.options;
    this.subscriptions += 1;
    const stream = client.stream('subscribe', request);
    this.stream = stream;
    let why = 'the server has ended the stream';
    const take = (message: marketdata.SubscribeResponse): void => {
      const followed = this.follower.follow(message);
      if (followed !== 'applied') {
        why = `${followed} at ${message.symbol} ${message.channel} ${message.epoch}/${message.sequence}`;
        throw new Error(why);
      }
      this.failuresInRow = 0;
      onMessage?.(message);
    };
    try {
      await stream.receive(take);
      return why;
    } catch (error) {
      return error instanceof Error ? error.message : why;
    }
  }

  private async pause(): Promise<void> {
    const { retryDelayMs = RETRY_DELAY_MS, retryDelayMaxMs = RETRY_DELAY_MAX_MS } = this.options;
    const delayMs = Math.min(retryDelayMs * 2 ** this.failuresInRow, retryDelayMaxMs);
    this.failuresInRow = Math.min(this.failuresInRow + 1, 10);
    const { signal } = this.ending;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
}
