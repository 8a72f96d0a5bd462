import type { Side } from '@clearway/domain-matching';
import { notionalMinor } from './instrument';
import type { Order, OrderTerms, Replacement } from './order';
import { type HoldAdjustment, marketOf, orderOf, type Trade, type TradingState, tradeOf } from './state';
import { stopPriceTicksOf } from './stop-price';

/** An order as risk sees it. */
export interface Reserve {
  readonly orderNumber: number;
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantityLots: number;
  readonly priceTicks: number;
  readonly marketPriceTicks: number;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly lotSizeMinor: bigint;
  readonly tickValueMinor: bigint;
  readonly feeBps: number;
}

/**
 * What trading's sagas ask of risk; see proto/clearway/risk/v1/risk_step_service.proto. Each names the account, by which its
 * shard is found, also where the step itself does without.
 */
export type RiskRequest =
  | ({ readonly kind: 'Reserve' } & Reserve)
  | {
      readonly kind: 'RaiseHold';
      readonly account: string;
      /** The order as it is to become. */
      readonly order: Reserve;
      readonly addedLots: number;
      readonly version: number;
    }
  | {
      readonly kind: 'LowerHold';
      readonly account: string;
      readonly orderNumber: number;
      readonly quantityLots: number;
      readonly priceTicks: number;
      readonly version: number;
    }
  | { readonly kind: 'ReleaseHold'; readonly orderNumber: number; readonly account: string }
  | {
      readonly kind: 'ReleaseLots';
      readonly orderNumber: number;
      readonly account: string;
      readonly quantityLots: number;
    }
  | {
      readonly kind: 'ApplyFill';
      readonly orderNumber: number;
      readonly account: string;
      readonly tradeNumber: number;
      readonly quantityLots: number;
      readonly priceTicks: number;
      readonly feeMinor: bigint;
    };

/** What trading's sagas ask of clearing. */
export type ClearingRequest =
  | {
      readonly kind: 'SettleLeg';
      readonly tradeNumber: number;
      readonly account: string;
      readonly side: Side;
      readonly baseAsset: string;
      readonly baseMinor: bigint;
      readonly quoteAsset: string;
      readonly quoteMinor: bigint;
      readonly feeMinor: bigint;
    }
  | { readonly kind: 'ReverseLeg'; readonly tradeNumber: number; readonly account: string };

/** What one step of trading's sagas asks of another service. */
export type TradingRequest = RiskRequest | ClearingRequest;

/** Asks risk to check the order and hold its worst case. */
export function reserve(state: TradingState, orderNumber: number): RiskRequest {
  return reserveOf(state, orderNumber, orderOf(state, orderNumber).terms);
}

/** Asks risk to check the order as it is to become, and to hold what it needs more. */
export function raiseHold(state: TradingState, orderNumber: number): RiskRequest {
  const { order, wanted, version } = replacing(state, orderNumber);
  const { quantityLots, priceTicks, stopPriceTicks } = wanted;
  const extras = stopPriceTicks > 0 ? { ...order.terms.extras, stopPriceTicks } : order.terms.extras;
  const terms = { ...order.terms, quantityLots, priceTicks, extras };
  const { kind: _, ...asked } = reserveOf(state, orderNumber, terms);
  return {
    kind: 'RaiseHold',
    account: asked.account,
    order: asked,
    addedLots: addedLots(order, wanted),
    version,
  };
}

/** Undoes `raiseHold`, if risk did it. */
export function undoRaise(state: TradingState, orderNumber: number): RiskRequest {
  const { order, wanted, version, heldPriceTicks: priceTicks } = replacing(state, orderNumber);
  const { account } = order.terms;
  const quantityLots = addedLots(order, wanted);
  return { kind: 'LowerHold', orderNumber, account, quantityLots, priceTicks, version };
}

/** What is filled is part of both totals, so fills in between change nothing. */
function addedLots({ terms }: Order, { quantityLots }: Replacement): number {
  return Math.max(0, quantityLots - terms.quantityLots);
}

function replacing(state: TradingState, orderNumber: number) {
  const order = orderOf(state, orderNumber);
  const wanted = order.amend?.records.at(-1);
  if (!order.amend || !wanted) throw new Error(`order ${orderNumber} is not being replaced`);
  const { version, heldPriceTicks } = order.amend;
  return { order, wanted, version, heldPriceTicks };
}

function reserveOf(
  state: TradingState,
  orderNumber: number,
  terms: OrderTerms,
): { kind: 'Reserve' } & Reserve {
  const market = marketOf(state, terms.symbol);
  const { baseAsset, quoteAsset, lotSizeMinor, tickValueMinor, makerFeeBps, takerFeeBps } = market.instrument;
  return {
    kind: 'Reserve',
    orderNumber,
    account: terms.account,
    symbol: terms.symbol,
    side: terms.side,
    quantityLots: terms.quantityLots,
    priceTicks: terms.priceTicks,
    marketPriceTicks: stopPriceTicksOf(terms, market),
    baseAsset,
    quoteAsset,
    lotSizeMinor,
    tickValueMinor,
    feeBps: Math.max(makerFeeBps, takerFeeBps),
  };
}

/** The result of a reserve step as the saga keeps it; `protectionPriceTicks` reads it back. */
export function encodeProtectionPrice(priceTicks: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, BigInt(priceTicks));
  return new Uint8Array(bytes.buffer);
}

/** Risk answers Reserve with the worst price the order may trade at, as eight bytes, highest first. */
export function protectionPriceTicks(result: Uint8Array): number {
  return Number(new DataView(result.buffer, result.byteOffset, result.byteLength).getBigUint64(0));
}

/** Gives back whatever the order still holds. */
export function releaseHold(state: TradingState, orderNumber: number): RiskRequest {
  return { kind: 'ReleaseHold', orderNumber, account: orderOf(state, orderNumber).terms.account };
}

/** Gives back the hold of lots that will never trade. */
export function releaseLots(state: TradingState, orderNumber: number, quantityLots: number): RiskRequest {
  const { account } = orderOf(state, orderNumber).terms;
  return { kind: 'ReleaseLots', orderNumber, account, quantityLots };
}

/** Carries out what an AdjustHold saga was started for. */
export function adjustHold(state: TradingState, sagaNumber: number): RiskRequest {
  const { orderNumber, lots, priceTicks, version } = adjustmentOf(state, sagaNumber);
  if (priceTicks === 0) return releaseLots(state, orderNumber, lots);
  const { account } = orderOf(state, orderNumber).terms;
  return { kind: 'LowerHold', orderNumber, account, quantityLots: lots, priceTicks, version };
}

function adjustmentOf(state: TradingState, sagaNumber: number): HoldAdjustment {
  const adjustment = state.holdAdjustments.get(sagaNumber);
  if (!adjustment) throw new Error(`saga ${sagaNumber} adjusts nothing`);
  return adjustment;
}

/** Gives back what one side of a busted trade held. */
export function freeTradeLots(state: TradingState, tradeNumber: number, side: Side): RiskRequest {
  const trade = tradeOf(state, tradeNumber);
  return releaseLots(state, orderOfSide(trade, side), trade.quantityLots);
}

/** Settles one side of a trade with the house. */
export function settleLeg(state: TradingState, tradeNumber: number, side: Side): ClearingRequest {
  const trade = tradeOf(state, tradeNumber);
  const order = orderOf(state, orderOfSide(trade, side));
  const { instrument } = marketOf(state, trade.symbol);
  return {
    kind: 'SettleLeg',
    tradeNumber,
    account: order.terms.account,
    side,
    baseAsset: instrument.baseAsset,
    baseMinor: BigInt(trade.quantityLots) * instrument.lotSizeMinor,
    quoteAsset: instrument.quoteAsset,
    quoteMinor: notionalMinor(instrument, trade.priceTicks, trade.quantityLots),
    feeMinor: feeOfSide(trade, side),
  };
}

/** Undoes what a side's leg posted, if it did. */
export function reverseLeg(state: TradingState, tradeNumber: number, side: Side): ClearingRequest {
  const { account } = orderOf(state, orderOfSide(tradeOf(state, tradeNumber), side)).terms;
  return { kind: 'ReverseLeg', tradeNumber, account };
}

/** Turns what one side of a settled trade held into its position. */
export function applyFill(state: TradingState, tradeNumber: number, side: Side): RiskRequest {
  const trade = tradeOf(state, tradeNumber);
  const { quantityLots, priceTicks } = trade;
  const orderNumber = orderOfSide(trade, side);
  return {
    kind: 'ApplyFill',
    orderNumber,
    account: orderOf(state, orderNumber).terms.account,
    tradeNumber,
    quantityLots,
    priceTicks,
    feeMinor: feeOfSide(trade, side),
  };
}

function orderOfSide(trade: Trade, side: Side): number {
  return side === 'BUY' ? trade.buyOrderNumber : trade.sellOrderNumber;
}

function feeOfSide(trade: Trade, side: Side): bigint {
  return orderOfSide(trade, side) === trade.makerOrderNumber ? trade.makerFeeMinor : trade.takerFeeMinor;
}
