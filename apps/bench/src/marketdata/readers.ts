import { marketdata } from '@clearway/contracts';
import { ENCODED_MARKET_DATA_SERVICE } from '@clearway/platform-market-data';
import { MarketDataFollower } from '@clearway/platform-market-data-reader';
import { type ClientStream, RpcChannel, RpcClient, type TlsFiles } from '@clearway/platform-rpc';
import { BENCH_SYMBOL } from './bench-symbol';

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A server takes at most 1,000 streams on one connection. */
const STREAMS_A_CONNECTION = 250;
const { CHANNEL_ORDERS } = marketdata.Channel;

/** One stream. It reads nothing before it is told to. */
export class Reader {
  readonly follower = new MarketDataFollower();
  readonly latenciesMs: number[] = [];
  messages = 0;

  constructor(
    private readonly stream: ClientStream<Buffer>,
    private readonly channel: marketdata.Channel,
  ) {}

  /** Reads from now on, and rebuilds what it reads. */
  follow(): void {
    this.stream.receive((message) => this.take(message)).catch(() => undefined);
  }

  /** Reads from now on, and only counts: so many that rebuilt books on this machine would be what is measured. */
  count(): void {
    const count = (): void => {
      this.messages += 1;
    };
    this.stream.receive(count).catch(() => undefined);
  }

  /** Ends the stream. */
  cancel(): void {
    this.stream.cancel();
  }

  /** Of the newest message that it followed. */
  get sequence(): number {
    return this.follower.channelOf(BENCH_SYMBOL, this.channel).sequence;
  }

  private take(bytes: Buffer): void {
    const message = marketdata.SubscribeResponse.decode(bytes);
    this.messages += 1;
    this.follower.follow(message);
    if (message.snapshot === 0) this.latenciesMs.push(Date.now() - message.atMicros / 1_000);
  }
}

/** Readers over as few connections as a server allows. */
export class Readers {
  readonly all: Reader[] = [];
  private readonly channels: RpcChannel[] = [];

  constructor(
    private readonly address: string,
    private readonly tls: TlsFiles,
  ) {}

  /** Opens so many streams of a channel of the benchmark's symbol. */
  async open(count: number, channel: marketdata.Channel = CHANNEL_ORDERS): Promise<Reader[]> {
    const opened: Reader[] = [];
    while (opened.length < count) {
      const client = await this.connect();
      const streams = Math.min(STREAMS_A_CONNECTION, count - opened.length);
      for (let i = 0; i < streams; i++)
        opened.push(new Reader(client.stream('subscribe', requestOf(channel)), channel));
    }
    this.all.push(...opened);
    return opened;
  }

  /** Closes everything. */
  close(): void {
    for (const reader of this.all.splice(0)) reader.cancel();
    for (const channel of this.channels.splice(0)) channel.close();
  }

  private async connect(): Promise<RpcClient<typeof ENCODED_MARKET_DATA_SERVICE>> {
    const channel = new RpcChannel({
      address: this.address,
      tls: this.tls,
      expect: 'svc/trading',
      log: QUIET,
    });
    this.channels.push(channel);
    await channel.ready(10_000);
    return new RpcClient(channel, ENCODED_MARKET_DATA_SERVICE);
  }
}

function requestOf(channel: marketdata.Channel): marketdata.SubscribeRequest {
  const candleInterval = marketdata.CandleInterval.CANDLE_INTERVAL_UNSPECIFIED;
  return { symbols: [BENCH_SYMBOL], channels: [channel], depth: 0, candleInterval };
}
