import type { Hold, Holdings, RiskEvent } from '@clearway/domain-risk';
import { orderNumberOf, type RiskEvents } from './risk-events';

/** How a hold began. */
export interface Placing {
  readonly lots: number;
  readonly atMicros: number;
}

/** What some events make of an order's hold. */
export interface HoldChange {
  readonly originShard: string;
  readonly orderNumber: number;
  /** Lots and time of its placing; undefined until the table tells them, when it was placed before these events. */
  placing: Placing | undefined;
  changedAtMicros: number;
  /** As the events applied so far leave it; undefined once it has ended. */
  hold: Hold | undefined;
}

/** A hold that is open after the events. */
export type OpenHold = HoldChange & { readonly hold: Hold; readonly placing: Placing };

/**
 * Stands for the machine's book of holds where only those are known that some events are about. Most holds are placed and ended
 * within a few seconds: they begin here, and nobody asks the table about them.
 */
export class HoldChanges implements Pick<Holdings['holds'], 'get' | 'put'> {
  /** Holds that were placed before the events: their terms are what the table has. */
  readonly earlier: HoldChange[] = [];
  readonly #byOrigin = new Map<string, Map<number, HoldChange>>();

  constructor(events: RiskEvents) {
    for (const { event, context } of events) this.#note(event, context.atMicros);
  }

  get(originShard: string, orderNumber: number): Hold | undefined {
    return this.#byOrigin.get(originShard)?.get(orderNumber)?.hold;
  }

  put(hold: Hold): void {
    const change = this.#byOrigin.get(hold.originShard)?.get(hold.orderNumber);
    if (change) change.hold = hold.openLots > 0 ? hold : undefined;
  }

  /** Takes up a hold that was placed earlier. */
  takeUp(hold: Hold, placing: Placing): void {
    const change = this.#byOrigin.get(hold.originShard)?.get(hold.orderNumber);
    if (!change) return;
    change.hold = hold;
    change.placing = placing;
  }

  /** The holds that the events left open. */
  *open(): Generator<OpenHold, undefined> {
    for (const changes of this.#byOrigin.values())
      for (const change of changes.values()) if (isOpen(change)) yield change;
    return undefined;
  }

  #note(event: RiskEvent, atMicros: number): void {
    const orderNumber = orderNumberOf(event);
    if (orderNumber === undefined || !('key' in event)) return;
    const { originShard } = event.key;
    const changes = this.#of(originShard);
    const known = changes.get(orderNumber);
    if (known) {
      known.changedAtMicros = atMicros;
      return;
    }
    const placing = event.kind === 'HoldPlaced' ? { lots: event.reserve.quantityLots, atMicros } : undefined;
    const change: HoldChange = {
      originShard,
      orderNumber,
      placing,
      changedAtMicros: atMicros,
      hold: undefined,
    };
    changes.set(orderNumber, change);
    if (!placing) this.earlier.push(change);
  }

  #of(originShard: string): Map<number, HoldChange> {
    let changes = this.#byOrigin.get(originShard);
    if (!changes) {
      changes = new Map();
      this.#byOrigin.set(originShard, changes);
    }
    return changes;
  }
}

function isOpen(change: HoldChange): change is OpenHold {
  return change.hold !== undefined && change.placing !== undefined;
}
