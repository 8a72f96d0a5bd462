/** One planted bug: a piece of a file of the library, and what a mistaken hand would have written there. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Bugs that matching engines have had or could have. The naive twin must find each of them. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'an iceberg that shows itself anew keeps its priority',
    file: 'apply.ts',
    find: `  unlinkFromLevel(levels, orders, slot);
  orders.quantitiesLots[slot] = nextLots;
  appendToLevel(levels, orders, level, slot);`,
    replace: `  orders.quantitiesLots[slot] = nextLots;
  levels.totalsLots[level] = levels.totalsLots[level]! + nextLots - shownLots;`,
  },
  {
    name: 'an iceberg shows all its reserve at once',
    file: 'apply.ts',
    find: 'const nextLots = Math.min(orders.displaysLots[slot]!, openLots);',
    replace: 'const nextLots = openLots;',
  },
  {
    name: 'an iceberg rests with all of it shown',
    file: 'apply.ts',
    find: 'const shownLots = isIceberg ? displayLots : quantityLots;',
    replace: 'const shownLots = quantityLots;',
  },
  {
    name: 'a reduction takes the shown lots first',
    file: 'apply.ts',
    find: 'const hiddenLots = Math.min(quantityLots, orders.reservesLots[slot]!);',
    replace: 'const hiddenLots = Math.max(0, quantityLots - orders.quantitiesLots[slot]! + 1);',
  },
  {
    name: 'a cancelled iceberg leaves its reserve to the next order of its slot',
    file: 'iceberg.ts',
    find: 'if (hiddenLots > 0) moveReserve(state, slot, -hiddenLots);',
    replace: '',
  },
  {
    name: 'a plan meets each iceberg only once',
    file: 'iceberg-plan.ts',
    find: 'while (fills.isHungry && refreshed.count > 0) planRound(state, priceTicks, fills);',
    replace: '',
  },
  {
    name: 'a plan eats an iceberg whole before the others',
    file: 'iceberg-plan.ts',
    find: 'const isEaten = planFill(state, slot, priceTicks, orders.quantitiesLots[slot]!, fills);',
    replace:
      'const isEaten = planFill(state, slot, priceTicks, orders.quantitiesLots[slot]! + reserveLots, fills) && false;',
  },
  {
    name: 'self-trade prevention forgets what an iceberg hides',
    file: 'iceberg-plan.ts',
    find: 'const openLots = orders.quantitiesLots[slot]! + orders.reservesLots[slot]!;',
    replace: 'const openLots = orders.quantitiesLots[slot]!;',
  },
  {
    name: 'FOK does not count what icebergs hide',
    file: 'plan.ts',
    find: 'lots += levels.totalsLots[level]! + levels.hiddenLots[level]!;',
    replace: 'lots += levels.totalsLots[level]!;',
  },
  {
    name: 'continuous trading lets an owner trade with itself',
    file: 'plan.ts',
    find: "if (isSelf && selfTrade !== 'ALLOW') fills",
    replace: "if (isSelf && selfTrade === 'DECREMENT') fills",
  },
  {
    name: 'decrement ends the incoming order',
    file: 'fill-buffer.ts',
    find: 'this.decrement(makerOrderId, Math.min(this.leavesLots, makerLots));',
    replace:
      'this.decrement(makerOrderId, Math.min(this.leavesLots, makerLots)); this.isTakerCancelled = true;',
  },
  {
    name: 'a limit order trades one tick beyond its limit',
    file: 'plan.ts',
    find: 'return limitPriceTicks * state.against(side).sign;',
    replace: 'return limitPriceTicks * state.against(side).sign - 1;',
  },
  {
    name: 'the uncrossing lets an owner trade with itself',
    file: 'uncross.ts',
    find: 'const isSelf = owner !== NO_OWNER && owner === asks.owners[j];',
    replace: 'const isSelf = false;',
  },
  {
    name: 'the uncrossing keeps its price after a prevention',
    file: 'uncross.ts',
    find: ' search.run(bids, asks, referenceTicks);',
    replace: '',
  },
  {
    name: 'the uncrossing takes the older for the newer',
    file: 'uncross.ts',
    find: 'const isBuyNewer = bids.orderIds[i]! > asks.orderIds[j]!;',
    replace: 'const isBuyNewer = bids.orderIds[i]! < asks.orderIds[j]!;',
  },
  {
    name: 'icebergs go into the uncrossing with what they show',
    file: 'auction-side.ts',
    find: 'this.lots[i] = orders.quantitiesLots[slot]! + orders.reservesLots[slot]!;',
    replace: 'this.lots[i] = orders.quantitiesLots[slot]!;',
  },
  {
    name: 'orders at market stay out of the uncrossing',
    file: 'auction-side.ts',
    find: 'this.gatherLevel(state, bookSide.market);',
    replace: '',
  },
  {
    name: 'orders at market come last',
    file: 'auction-side.ts',
    find: 'return limitTicks === MARKET || limitTicks >= priceTicks;',
    replace: 'return limitTicks >= priceTicks;',
  },
  {
    name: 'the auction price ignores the surplus',
    file: 'auction-price.ts',
    find: 'if (surplusLess !== 0) return surplusLess > 0;',
    replace: '',
  },
  {
    name: 'the auction price ignores the reference',
    file: 'auction-price.ts',
    find: 'return nearer > 0;',
    replace: 'return false;',
  },
  {
    name: 'an auction looks at limits only',
    file: 'auction-price.ts',
    find: 'if (lowestTicks > highestTicks) return;',
    replace: 'if (lowestTicks <= PRICE_TICKS_MAX) return;',
  },
  {
    name: 'an auction that halts uncrosses',
    file: 'phase.ts',
    find: "return to === 'CONTINUOUS' || (from === 'CLOSING_AUCTION' && to === 'CLOSED');",
    replace:
      "return to === 'CONTINUOUS' || (from === 'CLOSING_AUCTION' && (to === 'CLOSED' || to === 'HALTED'));",
  },
  {
    name: 'a halt resumes without uncrossing',
    file: 'phase.ts',
    find: "return to === 'CONTINUOUS' || (from === 'CLOSING_AUCTION' && to === 'CLOSED');",
    replace:
      "return (to === 'CONTINUOUS' && from !== 'HALTED') || (from === 'CLOSING_AUCTION' && to === 'CLOSED');",
  },
  {
    name: 'orders for an auction stay for the next day',
    file: 'phase.ts',
    find: "return to === 'CONTINUOUS' || to === 'CLOSED';",
    replace: "return to === 'CONTINUOUS';",
  },
  {
    name: 'a halt takes orders',
    file: 'phase.ts',
    find: '  HALTED: RESTING_STILL,',
    replace: '  HALTED: COLLECTING,',
  },
  {
    name: 'an auction takes FOK',
    file: 'phase.ts',
    find: "timesInForce: [...RESTING, 'AT_AUCTION'],",
    replace: "timesInForce: [...RESTING, 'AT_AUCTION', 'FOK'],",
  },
  {
    name: 'a replacement that grows keeps its place',
    file: 'replacement.ts',
    find: 'next.openLots <= current.openLots &&',
    replace: '',
  },
  {
    name: 'a replacement at another price keeps its place',
    file: 'replacement.ts',
    find: 'next.priceTicks === current.priceTicks &&',
    replace: '',
  },
  {
    name: 'a smaller replacement loses its place',
    file: 'replacement.ts',
    find: 'next.openLots <= current.openLots &&',
    replace: 'next.openLots === current.openLots &&',
  },
  {
    name: 'trailing stops do not follow',
    file: 'stop-book.ts',
    find: "const isCloser = side === 'BUY' ? toTicks < fromTicks : toTicks > fromTicks;",
    replace: 'const isCloser = toTicks < 0;',
  },
  {
    name: 'trailing stops go back',
    file: 'stop-book.ts',
    find: "const isCloser = side === 'BUY' ? toTicks < fromTicks : toTicks > fromTicks;",
    replace: 'const isCloser = toTicks !== fromTicks;',
  },
  {
    name: 'a stop is released one tick late',
    file: 'stop-book.ts',
    find: "return side === 'BUY' ? lastPriceTicks >= stopPriceTicks : lastPriceTicks <= stopPriceTicks;",
    replace: "return side === 'BUY' ? lastPriceTicks > stopPriceTicks : lastPriceTicks < stopPriceTicks;",
  },
  {
    name: 'a removed trailing stop goes on trailing',
    file: 'stop-book.ts',
    find: '    this.trailing.delete(orderId);\n',
    replace: '',
  },
  {
    name: 'DAY orders live for ever',
    file: 'expiry.ts',
    find: "if (timeInForce === 'DAY') return tradingDayEndMicros(calendar, acceptedAtMicros);",
    replace: '',
  },
  {
    name: 'an order expires after its time, not at it',
    file: 'expiry.ts',
    find: 'if (atMicros > nowMicros) break;',
    replace: 'if (atMicros >= nowMicros) break;',
  },
  {
    name: 'a cancelled order expires again',
    file: 'expiry.ts',
    find: '    ids.delete(orderId);\n',
    replace: '',
  },
  {
    name: 'a snapshot forgets what icebergs hide',
    file: 'snapshot.ts',
    find: '    reserves.reservesLots.push(reserveLots);',
    replace: '    reserves.reservesLots.push(1);',
  },
  {
    name: 'a snapshot forgets the orders at market',
    file: 'restore.ts',
    find: "  restoreMarketOrders(state, 'SELL', snapshot.marketAsks);",
    replace: '',
  },
  {
    name: 'a partial fill loses its place',
    file: 'apply.ts',
    find: `  orders.quantitiesLots[slot] = leavesLots;
  levels.totalsLots[level] = levels.totalsLots[level]! - quantityLots;`,
    replace: `  unlinkFromLevel(levels, orders, slot);
  orders.quantitiesLots[slot] = leavesLots;
  appendToLevel(levels, orders, level, slot);`,
  },
  {
    name: 'an auction takes post-only',
    file: 'phase.ts',
    find: "return order.isPostOnly && !rules.isPostOnlyAccepted ? 'POST_ONLY' : undefined;",
    replace: 'return undefined;',
  },
];
