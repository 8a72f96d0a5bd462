/** What a message asks for, numbered as in the benchmark's workload files. */
export const MESSAGE = { new: 0, cancel: 1, modify: 2 } as const;

/**
 * Messages to a book as columns, so that reading them costs a measurement next to nothing. The index of a message is its
 * sequence number. Sides are 0 (buy) and 1 (sell); a modify's price and quantity are the new ones.
 */
export class Workload {
  readonly types: Uint8Array;
  readonly sides: Uint8Array;
  readonly iocs: Uint8Array;
  readonly quantitiesLots: Float64Array;
  readonly orderIds: Float64Array;
  readonly pricesTicks: Float64Array;
  readonly owners: Int32Array;

  constructor(readonly count: number) {
    this.types = new Uint8Array(count);
    this.sides = new Uint8Array(count);
    this.iocs = new Uint8Array(count);
    this.quantitiesLots = new Float64Array(count);
    this.orderIds = new Float64Array(count);
    this.pricesTicks = new Float64Array(count);
    this.owners = new Int32Array(count);
  }

  /** Writes message `i`. */
  set(
    i: number,
    type: number,
    side: number,
    ioc: number,
    quantityLots: number,
    orderId: number,
    priceTicks: number,
    owner = 0,
  ): void {
    this.types[i] = type;
    this.sides[i] = side;
    this.iocs[i] = ioc;
    this.quantitiesLots[i] = quantityLots;
    this.orderIds[i] = orderId;
    this.pricesTicks[i] = priceTicks;
    this.owners[i] = owner;
  }
}
