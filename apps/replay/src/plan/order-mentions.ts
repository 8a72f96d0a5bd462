import { type LobsterMessage, type Side, ticksOf } from '@clearway/platform-feeds';
import type { VisibilityIndex } from './visibility-index';

/** One row that takes lots off an order. */
interface Mention {
  readonly row: number;
  readonly event: 'reduce' | 'delete' | 'execute';
  readonly lots: number;
}

/** All that the rows of a sample say about one order id, known before the first of them is replayed. */
export interface OrderMentions {
  readonly orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
  /** True when a row adds it; otherwise it was placed before the sample or outside the visible window. */
  isAdded: boolean;
  readonly mentions: Mention[];
  /** Of an order that no row adds: the row from which on it is certain to rest, Infinity when the book rows do not tell. */
  presentFrom: number;
}

/** What rows after a given one take off an order. */
export interface LaterMentions {
  /** All lots that those rows reduce, delete and execute: the least size that the order must have by then. */
  readonly lots: number;
  /** Lots of each partial cancel among them. */
  readonly reductionsLots: readonly number[];
  /** True when one of them deletes the order, so that `lots` is its exact size. */
  readonly isDeleted: boolean;
}

/**
 * Looks ahead over the whole sample. Two things need it. A partial cancel keeps the order's place in the queue, so the order
 * is entered in parts from the start and the part is canceled when its row comes. And an order from before the window is
 * placed, with its size and in its turn, as soon as its price becomes visible.
 */
export class MentionIndex {
  private readonly byId = new Map<number, OrderMentions>();
  private readonly unseen = new Map<string, OrderMentions[]>();

  /** Rows before `firstRow` are not looked at: with book rows, the book after message 0 is the seed. */
  constructor(
    messages: readonly LobsterMessage[],
    firstRow: number,
    visibility: VisibilityIndex | undefined,
  ) {
    for (const message of messages.slice(firstRow)) {
      if (message.orderId > 0) this.note(message);
    }
    for (const order of this.byId.values()) {
      if (!order.isAdded) this.noteUnseen(order, visibility);
    }
    for (const list of this.unseen.values()) list.sort((a, b) => turnOf(a) - turnOf(b));
  }

  /** What rows after `row` take off the order. */
  after(orderId: number, row: number): LaterMentions {
    const later = (this.byId.get(orderId)?.mentions ?? []).filter((mention) => mention.row > row);
    return {
      lots: later.reduce((sum, { lots }) => sum + lots, 0),
      reductionsLots: later.filter(({ event }) => event === 'reduce').map(({ lots }) => lots),
      isDeleted: later.at(-1)?.event === 'delete',
    };
  }

  /** Orders at the price that no row adds and that are certain to rest at `row`, those first that are executed first. */
  unseenAt(side: Side, priceTicks: number, row: number): OrderMentions[] {
    const orders = this.unseen.get(`${side}${priceTicks}`) ?? [];
    return orders.filter(({ presentFrom, mentions }) => presentFrom <= row && row < mentions.at(-1)!.row);
  }

  /** Orders at the price that no row adds and that only become certain after `row`, in the order of their turn. */
  unseenAfter(side: Side, priceTicks: number, row: number): OrderMentions[] {
    const orders = this.unseen.get(`${side}${priceTicks}`) ?? [];
    return orders.filter(({ presentFrom }) => presentFrom > row && presentFrom !== Number.POSITIVE_INFINITY);
  }

  private note(message: LobsterMessage): void {
    const { orderId, side, row, size: lots, event } = message;
    let order = this.byId.get(orderId);
    if (!order) {
      const priceTicks = ticksOf(message);
      order = {
        orderId,
        side,
        priceTicks,
        isAdded: false,
        mentions: [],
        presentFrom: Number.POSITIVE_INFINITY,
      };
      this.byId.set(orderId, order);
    }
    if (event === 'add') order.isAdded = true;
    if (event === 'reduce' || event === 'delete' || event === 'execute')
      order.mentions.push({ row, event, lots });
  }

  private noteUnseen(order: OrderMentions, visibility: VisibilityIndex | undefined): void {
    const before = order.mentions[0]!.row - 1;
    order.presentFrom =
      visibility?.visibleSince(order.side, order.priceTicks, before) ?? Number.POSITIVE_INFINITY;
    const key = `${order.side}${order.priceTicks}`;
    const list = this.unseen.get(key) ?? [];
    list.push(order);
    this.unseen.set(key, list);
  }
}

/** The first execution decides the turn; orders that are never executed come after those that are. */
function turnOf({ mentions }: OrderMentions): number {
  const executed = mentions.find(({ event }) => event === 'execute')?.row;
  return executed ?? mentions[0]!.row + Number.MAX_SAFE_INTEGER / 2;
}
