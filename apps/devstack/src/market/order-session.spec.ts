import { setTimeout as sleep } from 'node:timers/promises';
import type { trading } from '@clearway/contracts';
import type { StackClients } from '../stack-clients';
import { orderLike } from './market.fixture';
import { type OrderCommand, OrderSession, type SessionListener } from './order-session';

const CANCEL: OrderCommand = { $case: 'cancel', value: { orderId: '1', account: '', clOrdId: '' } };

/** One stream as the session sees it, moved by the test. */
class FakeStream {
  readonly sent: trading.StreamOrdersRequest[] = [];
  private deliver: (response: trading.StreamOrdersResponse) => void = () => undefined;
  private finish: (error?: Error) => void = () => undefined;

  write(request: trading.StreamOrdersRequest): boolean {
    this.sent.push(request);
    return true;
  }

  receive(listener: (response: trading.StreamOrdersResponse) => void): Promise<void> {
    this.deliver = listener;
    return new Promise((resolve, reject) => {
      this.finish = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  ack(requestId: number): void {
    this.deliver({ acks: [{ requestId, result: undefined }], reports: [] });
  }

  fail(error: Error): void {
    this.finish(error);
  }

  end(): void {
    this.finish();
  }

  cancel(): void {
    this.finish();
  }
}

describe('OrderSession', () => {
  let streams: FakeStream[];
  let openOrders: trading.Order[];
  let told: string[];
  let session: OrderSession;

  beforeEach(() => {
    [streams, openOrders, told] = [[], [], []];
    const listener: SessionListener = {
      onConnected: () => void told.push('connected'),
      onAck: (_command, { requestId }) => void told.push(`ack ${requestId}`),
      onReport: () => void told.push('report'),
      onLost: (why) => void told.push(`lost: ${why}`),
    };
    const duplex = (): FakeStream => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    };
    const call = async (): Promise<object> => Promise.resolve({ orders: openOrders, nextPageToken: '' });
    const clients = { trading: { duplex, call }, close: () => told.push('closed') };
    session = new OrderSession('alice', clients as unknown as StackClients, listener);
  });

  afterEach(async () => session.stop());

  async function connected(count: number): Promise<FakeStream> {
    for (let tries = 0; streams.length < count && tries < 300; tries++) await sleep(10);
    await sleep(1);
    const stream = streams[count - 1];
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  }

  it('asks for cancel on disconnect first, then hands acks to whoever sent the command', async () => {
    expect(session.send([CANCEL])).toBe(false);
    session.start();
    const stream = await connected(1);
    expect(stream.sent).toEqual([{ cancelOnDisconnect: true, acksOnly: false, commands: [] }]);
    expect(session.send([CANCEL, CANCEL])).toBe(true);
    expect(stream.sent[1]?.commands.map(({ requestId }) => requestId)).toEqual([1, 2]);
    stream.ack(2);
    stream.ack(99);
    expect(told).toEqual(['connected', 'ack 2']);
  });

  it('cancels what an earlier stream left, but never an order of a person', async () => {
    openOrders = [orderLike({ clOrdId: 'sim-old' }), orderLike({ clOrdId: 'hello-1' })];
    session.start();
    const stream = await connected(1);
    const value = { orderId: '', account: 'alice.main', clOrdId: 'sim-old' };
    expect(stream.sent[1]?.commands).toEqual([{ requestId: 1, command: { $case: 'cancel', value } }]);
  });

  it('opens the stream again after it was lost', async () => {
    session.start();
    (await connected(1)).fail(new Error('gone'));
    await sleep(1);
    expect(session.send([CANCEL])).toBe(false);
    await connected(2);
    expect(told).toEqual(['connected', 'lost: gone', 'connected']);
  });

  it('leaves out commands when too many are unanswered', async () => {
    session.start();
    await connected(1);
    const many = Array.from({ length: 200 }, () => CANCEL);
    expect(session.send(many)).toBe(true);
    expect(session.send([CANCEL])).toBe(false);
  });

  it('ends without a word of loss', async () => {
    session.start();
    await connected(1);
    await session.stop();
    expect(told).toEqual(['connected', 'closed']);
  });
});
