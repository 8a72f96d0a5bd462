import { createRequire } from 'node:module';
import { newSession, type Scenario } from './measure';
import { MESSAGE, type Workload } from './workload';

/** What we use of nodejs-order-book; its package names a file of types that is not in it. */
interface PeerBook {
  limit(order: PeerOrder): unknown;
  cancel(id: string): unknown;
  depth(): [asks: [price: number, lots: number][], bids: [price: number, lots: number][]];
}

interface PeerOrder {
  readonly side: 'buy' | 'sell';
  readonly id: string;
  readonly size: number;
  readonly price: number;
  readonly timeInForce: 'GTC' | 'IOC';
  readonly accountId: string;
  readonly stpMode: 'EXPIRE_MAKER';
}

interface PeerModule {
  readonly OrderBook: new () => PeerBook;
}

/** Time and messages after which the peer's run ends: it needs minutes for what takes us a second. */
const PEER_MS_MAX = 2_500;
const PEER_MESSAGES_MAX = 400_000;
const CHUNK_MESSAGES = 256;

/** Loads the peer, or answers undefined when it is not installed. */
export function loadPeer(): PeerModule | undefined {
  try {
    return createRequire(__filename)('nodejs-order-book') as PeerModule;
  } catch {
    return undefined;
  }
}

/**
 * Plays the same messages, with accounts and self-trade prevention, on nodejs-order-book, as many from the first on as fit the
 * time, and answers its messages a second. It writes no reports, which favours it. Throws when its book in the end is not
 * ours: then the figures would not compare the same work.
 */
export function measurePeer(peer: PeerModule, { setup, measured }: Scenario): number {
  const book = new peer.OrderBook();
  for (let i = 0; i < setup.count; i++) apply(book, setup, i);
  const last = Math.min(measured.count, PEER_MESSAGES_MAX);
  const startedMs = performance.now();
  let played = 0;
  while (played < last && performance.now() - startedMs < PEER_MS_MAX) {
    for (const end = Math.min(last, played + CHUNK_MESSAGES); played < end; played++)
      apply(book, measured, played);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  assertSameBook(book, { name: '', setup, measured }, played);
  return Math.round(played / seconds);
}

function apply(book: PeerBook, workload: Workload, i: number): void {
  const type = workload.types[i]!;
  const id = String(workload.orderIds[i]!);
  const cancelled = type === MESSAGE.new ? undefined : book.cancel(id);
  if (type === MESSAGE.cancel || (type === MESSAGE.modify && cancelled === undefined)) return;
  book.limit({
    side: workload.sides[i] === 0 ? 'buy' : 'sell',
    id,
    size: workload.quantitiesLots[i]!,
    price: workload.pricesTicks[i]!,
    timeInForce: workload.iocs[i] === 1 ? 'IOC' : 'GTC',
    accountId: String(workload.owners[i]!),
    stpMode: 'EXPIRE_MAKER',
  });
}

function assertSameBook(peer: PeerBook, { setup, measured }: Scenario, played: number): void {
  const { session } = newSession();
  session.play(setup);
  session.play(measured, 0, played);
  const [asks, bids] = peer.depth();
  const ours = (side: 'BUY' | 'SELL'): number[] =>
    session.book
      .depth(side, Number.MAX_SAFE_INTEGER)
      .flatMap(({ priceTicks, quantityLots }) => [priceTicks, quantityLots]);
  const theirs = (levels: [number, number][], sign: number): number[] =>
    levels.sort((a, b) => sign * (a[0] - b[0])).flat();
  if (ours('BUY').join() !== theirs(bids, -1).join() || ours('SELL').join() !== theirs(asks, 1).join()) {
    throw new Error(`after ${played} messages the peer's book is not ours`);
  }
}
