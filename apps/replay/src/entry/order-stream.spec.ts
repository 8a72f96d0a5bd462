import { common, trading } from '@clearway/contracts';
import { type ClientDuplex, type RpcClient, RpcError } from '@clearway/platform-rpc';
import { wire } from '../fixtures/wire';
import { OrderStream } from './order-stream';

type Duplex = ClientDuplex<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;

/** One connection of a service that does what the test says. */
class FakeDuplex {
  readonly written: number[][] = [];
  accepts = true;
  private listener: ((response: trading.StreamOrdersResponse) => void) | undefined;
  private fail: ((error: Error) => void) | undefined;
  private resume: (() => void) | undefined;

  write({ commands }: trading.StreamOrdersRequest): boolean {
    this.written.push(commands.map(({ requestId }) => requestId));
    return this.accepts;
  }

  receive(listener: (response: trading.StreamOrdersResponse) => void): Promise<void> {
    this.listener = listener;
    return new Promise((_resolve, reject) => {
      this.fail = reject;
    });
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
    });
  }

  end(): void {}

  drain(): void {
    this.resume?.();
  }

  answer(requestId: number, retryAfterMs?: number, code = 'OVERLOADED'): void {
    const refusal = { status: 8, reason: wire(common.Reason, { code }), retryAfterMs: retryAfterMs ?? 0 };
    const result =
      retryAfterMs === undefined
        ? { $case: 'placed' as const, value: wire(trading.PlaceOrderResponse, {}) }
        : { $case: 'error' as const, value: refusal };
    this.listener?.({ acks: [{ requestId, result }], reports: [] });
  }

  breakWith(error: Error): void {
    this.fail?.(error);
  }
}

const command = (requestId: number): trading.OrderEntryCommand =>
  wire(trading.OrderEntryCommand, { requestId });

describe('OrderStream', () => {
  let connections: FakeDuplex[];
  let answered: number[];
  let lost: string[];
  let stream: OrderStream;

  beforeEach(() => {
    jest.useFakeTimers();
    connections = [];
    answered = [];
    lost = [];
    const duplex = (): Duplex => {
      connections.push(new FakeDuplex());
      return connections.at(-1) as unknown as Duplex;
    };
    const client = { duplex, close: () => undefined } as unknown as RpcClient<
      typeof trading.TradingServiceService
    >;
    stream = new OrderStream(client, {
      onAck: ({ requestId }) => answered.push(requestId),
      onReport: () => undefined,
      onLost: ({ message }) => lost.push(message),
    });
    stream.open();
  });

  afterEach(() => {
    stream.close();
    jest.useRealTimers();
  });

  it('takes at most 500 commands at a time and 2,000 unanswered', () => {
    expect(stream.room).toBe(500);
    for (let first = 0; first < 2_000; first += 500)
      stream.send(Array.from({ length: 500 }, (_, at) => command(first + at)));
    expect(stream.room).toBe(0);
    connections[0]?.answer(7);
    expect(stream.room).toBe(1);
    expect(answered).toEqual([7]);
  });

  it('takes none while the service is behind', async () => {
    connections[0]!.accepts = false;
    stream.send([command(1)]);
    expect(stream.room).toBe(0);
    connections[0]?.drain();
    await jest.advanceTimersByTimeAsync(0);
    expect(stream.room).toBe(500);
  });

  it('sends a command again that the service asks to send later', async () => {
    stream.send([command(1)]);
    connections[0]?.answer(1, 200);
    expect(answered).toEqual([]);
    await jest.advanceTimersByTimeAsync(250);
    connections[0]?.answer(1);
    expect(connections[0]?.written).toEqual([[1], [1]]);
    expect([answered, stream.putOff]).toEqual([[1], 1]);
  });

  it('sends a command again that a service could not take yet, and leaves a refusal as it is', async () => {
    stream.send([command(1), command(2)]);
    connections[0]?.answer(1, 0, 'NOT_READY');
    connections[0]?.answer(2, 0, 'UNKNOWN_SYMBOL');
    await jest.advanceTimersByTimeAsync(250);
    expect(connections[0]?.written).toEqual([[1, 2], [1]]);
    expect(answered).toEqual([2]);
  });

  it('opens a broken stream again and sends what is unanswered', async () => {
    stream.send([command(1), command(2)]);
    connections[0]?.answer(1);
    connections[0]?.breakWith(new RpcError('DRAINING'));
    await jest.advanceTimersByTimeAsync(300);
    expect(connections[1]?.written).toEqual([[2]]);
    connections[1]?.answer(2);
    expect([answered, stream.reconnects, lost]).toEqual([[1, 2], 1, []]);
  });

  it('asks again for answers that did not come, once in a while', () => {
    stream.send([command(1), command(2)]);
    connections[0]?.answer(1);
    stream.askAgain(5_000);
    stream.askAgain(5_000);
    connections[0]?.answer(2);
    connections[0]?.answer(2);
    expect(connections[0]?.written).toEqual([[1, 2], [2]]);
    expect([answered, stream.askedAgain]).toEqual([[1, 2], 1]);
  });

  it('gives up when it may not come back', async () => {
    connections[0]?.breakWith(new RpcError('METHOD_NOT_ALLOWED', 'not you'));
    await jest.advanceTimersByTimeAsync(300);
    expect(lost).toEqual(['not you']);
    expect(connections).toHaveLength(1);
  });

  it('gives up on a service that stays away', async () => {
    for (let at = 0; at < 400; at++) {
      connections.at(-1)?.breakWith(new RpcError('NOT_READY', 'not yet'));
      await jest.advanceTimersByTimeAsync(250);
    }
    expect(lost).toEqual(['not yet']);
  });
});
