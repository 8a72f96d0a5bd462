/** Prices and ids as different worlds have them, so that no lucky shape of numbers hides a defect. */
export interface TwinWorld {
  readonly name: string;
  readonly seed: number;
  /** How many different limit prices there are, the lowest of them, and the distance between neighbours, in ticks. */
  readonly prices: number;
  readonly firstPriceTicks: number;
  readonly priceStepTicks: number;
  /** The distance between the ids of successive orders. */
  readonly idStep: number;
}

/** Narrow, wide with levels that come and go, huge, and ids a power of two apart. */
export const TWIN_WORLDS: readonly TwinWorld[] = [
  { name: 'eight prices', seed: 11, prices: 8, firstPriceTicks: 100, priceStepTicks: 1, idStep: 1 },
  {
    name: 'a thousand prices',
    seed: 12,
    prices: 1_000,
    firstPriceTicks: 1,
    priceStepTicks: 7,
    idStep: 4_096,
  },
  {
    name: 'huge numbers',
    seed: 13,
    prices: 300,
    firstPriceTicks: 2 ** 51,
    priceStepTicks: 2 ** 40,
    idStep: 2 ** 31 + 1,
  },
  {
    name: 'ids a power of two apart',
    seed: 14,
    prices: 40,
    firstPriceTicks: 50,
    priceStepTicks: 2,
    idStep: 2 ** 31,
  },
];
