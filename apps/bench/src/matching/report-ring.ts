/** What a report says, numbered as flash1-dev/matching-engine-benchmark numbers it. */
export const REPORT = {
  orderAck: 0,
  trade: 1,
  cancelAck: 2,
  modifyAck: 3,
  cancelReject: 4,
  modifyReject: 5,
} as const;

/** The kind of a report, one of the values of `REPORT`. */
export type ReportKind = (typeof REPORT)[keyof typeof REPORT];

/** A report takes eight numbers, one cache line: kind, sequence, side, order id, price, quantity, maker's id, and one unused. */
export const REPORT_FIELDS = 8;

/** Reads reports out of the ring: `count` records from `slots[offset]` on, which are overwritten after the call. */
export type ReportReader = (slots: Float64Array, offset: number, count: number) => void;

/**
 * The hand-off between matching and whoever publishes: a ring of fixed records in memory that was allocated once. The writer
 * never waits: when the ring is full, it lets the reader take all of it.
 */
export class ReportRing {
  private readonly slots: Float64Array;
  private readonly mask: number;
  private written = 0;
  private read = 0;

  /** The capacity is a power of two, in reports. */
  constructor(
    private readonly capacity: number,
    private readonly reader: ReportReader,
  ) {
    this.slots = new Float64Array(capacity * REPORT_FIELDS);
    this.mask = capacity - 1;
  }

  /** How many reports were written since the beginning. */
  get count(): number {
    return this.written;
  }

  /** Writes one report. Sides are 0 (buy) and 1 (sell); fields that a kind does not have are 0. */
  push(
    kind: ReportKind,
    sequence: number,
    side: number,
    orderId: number,
    priceTicks: number,
    quantityLots: number,
    makerOrderId: number,
  ): void {
    if (this.written - this.read === this.capacity) this.drain();
    const { slots } = this;
    const at = (this.written & this.mask) * REPORT_FIELDS;
    slots[at] = kind;
    slots[at + 1] = sequence;
    slots[at + 2] = side;
    slots[at + 3] = orderId;
    slots[at + 4] = priceTicks;
    slots[at + 5] = quantityLots;
    slots[at + 6] = makerOrderId;
    this.written++;
  }

  /** Lets the reader take what is written and not yet read. */
  drain(): void {
    while (this.read < this.written) {
      const first = this.read & this.mask;
      const count = Math.min(this.written - this.read, this.capacity - first);
      this.reader(this.slots, first * REPORT_FIELDS, count);
      this.read += count;
    }
  }
}
