import type { ClearingEvent, TransferBody } from '@clearway/domain-clearing';
import type { Instrument, OrderTerms, TradeExecuted, TradingEvent } from '@clearway/domain-trading';
import { type InvariantResult, invariant } from '@clearway/kernel';

/** What trading and clearing journaled, in order. */
export interface Flow {
  readonly trading: readonly TradingEvent[];
  readonly clearing: readonly ClearingEvent[];
}

/** What an account should have of an asset. */
export interface ExpectedBalance {
  readonly account: string;
  readonly asset: string;
  readonly amountMinor: bigint;
}

/**
 * Adds up what every account should have, from nothing but the facts: transfers that were posted and trades that stand. It
 * knows neither legs nor holds nor steps, so it agrees with the services only if each fact was applied exactly once.
 */
export function expectedBalances(flow: Flow): ExpectedBalance[] {
  const sums = new Map<string, bigint>();
  const add = (account: string, asset: string, amountMinor: bigint): void => {
    const key = `${account} ${asset}`;
    sums.set(key, (sums.get(key) ?? 0n) + amountMinor);
  };
  addTransfers(flow.clearing, add);
  addTrades(flow.trading, add);
  return [...sums].map(([key, amountMinor]) => {
    const [account = '', asset = ''] = key.split(' ');
    return { account, asset, amountMinor };
  });
}

type Add = (account: string, asset: string, amountMinor: bigint) => void;

function addTransfers(events: readonly ClearingEvent[], add: Add): void {
  const requested = new Map<number, TransferBody>();
  for (const event of events) {
    if (event.kind === 'TransferRequested') requested.set(event.transferNumber, event);
    if (event.kind !== 'TransferPosted') continue;
    const transfer = requested.get(event.transferNumber);
    if (!transfer) throw new Error(`transfer ${event.transferNumber} was posted and never requested`);
    add(transfer.account, transfer.asset, transfer.deposit ? transfer.amountMinor : -transfer.amountMinor);
  }
}

function addTrades(events: readonly TradingEvent[], add: Add): void {
  const instruments = new Map<string, Instrument>();
  const orders = new Map<number, OrderTerms>();
  const trades = standingTrades(events);
  for (const event of events) {
    if (event.kind === 'InstrumentListed') instruments.set(event.instrument.symbol, event.instrument);
    if (event.kind === 'OrderAccepted') orders.set(event.orderNumber, event.terms);
  }
  for (const trade of trades.values()) {
    const sides = [
      [trade.makerOrderNumber, trade.makerFeeMinor],
      [trade.takerOrderNumber, trade.takerFeeMinor],
    ] as const;
    for (const [orderNumber, feeMinor] of sides)
      addSide(trade, orders.get(orderNumber), instruments, feeMinor, add);
  }
}

function addSide(
  trade: TradeExecuted,
  terms: OrderTerms | undefined,
  instruments: ReadonlyMap<string, Instrument>,
  feeMinor: bigint,
  add: Add,
): void {
  const instrument = terms && instruments.get(terms.symbol);
  if (!terms || !instrument)
    throw new Error(`trade ${trade.tradeNumber} is of an order that was never accepted`);
  const sign = terms.side === 'BUY' ? 1n : -1n;
  const quoteMinor = BigInt(trade.priceTicks) * BigInt(trade.quantityLots) * instrument.tickValueMinor;
  add(terms.account, instrument.baseAsset, sign * BigInt(trade.quantityLots) * instrument.lotSizeMinor);
  add(terms.account, instrument.quoteAsset, -sign * quoteMinor - feeMinor);
}

function standingTrades(events: readonly TradingEvent[]): Map<number, TradeExecuted> {
  const trades = new Map<number, TradeExecuted>();
  for (const event of events) {
    if (event.kind === 'TradeExecuted') trades.set(event.tradeNumber, event);
    if (event.kind === 'TradeBusted') trades.delete(event.tradeNumber);
  }
  return trades;
}

/** Every trade that a client was told of is in the journal, with the client's order. */
export function tradesTold(flow: Flow, told: ReadonlyMap<number, ReadonlySet<number>>): InvariantResult[] {
  const executed = new Map<number, TradeExecuted>();
  for (const event of flow.trading)
    if (event.kind === 'TradeExecuted') executed.set(event.tradeNumber, event);
  const violations: string[] = [];
  for (const [orderNumber, trades] of told) {
    for (const tradeNumber of trades) {
      const trade = executed.get(tradeNumber);
      if (trade?.makerOrderNumber !== orderNumber && trade?.takerOrderNumber !== orderNumber)
        violations.push(`order ${orderNumber} was told of trade ${tradeNumber}`);
    }
  }
  return [invariant('acknowledged-fills-never-forgotten', violations)];
}
