import { ParticipantLog } from '@clearway/domain-saga';
import { finished, type Plain, PlainFields, type PlainParts, wholePlain } from '@clearway/kernel';
import { FundsBook, type FundsEntry } from './funds-book';
import type { Hold } from './hold';
import { HoldBook } from './hold-book';
import { type LimitScope, LimitTable, type OrderLimits } from './limits';
import { OrderRateWindows } from './order-rate-windows';
import { RecentFills } from './recent-fills';
import type { Freeze, RiskState, SymbolAssets } from './risk-state';

/** Version 1 wrote each hold with its field names; since version 2 a hold is a row. */
const SNAPSHOT_VERSION = 2;

/** Returns the whole state in canonical form: every collection in order, sums that follow from others left out. */
export function snapshot(state: RiskState): Plain {
  return wholePlain(cut(state));
}

/** The same bit by bit: funds, holds and answers are written down one by one while the state goes on. */
export function cut(state: RiskState): PlainParts {
  return new PlainFields({
    version: SNAPSHOT_VERSION,
    funds: state.funds.cut(),
    holds: state.holds.cut(holdToPlain),
    freezes: sorted(state.freezes).map(([account, freeze]) => [account, { ...freeze }]),
    blacklist: sorted(state.blacklist),
    limits: state.limits.entries().map(({ scope, limits }) => [{ ...scope }, { ...limits }]),
    symbolAssets: sorted(state.symbolAssets).map(([symbol, assets]) => [symbol, { ...assets }]),
    orderRates: state.orderRates.snapshot(),
    recentFills: state.recentFills.snapshot(),
    log: state.log.cut(),
  });
}

interface RiskSnapshot {
  readonly version: number;
  readonly funds: FundsEntry[];
  readonly holds: readonly (Hold | HoldRow)[];
  readonly freezes: [string, Freeze][];
  readonly blacklist: [string, string][];
  readonly limits: [LimitScope, OrderLimits][];
  readonly symbolAssets: [string, SymbolAssets][];
  readonly orderRates: Plain;
  readonly recentFills: Plain;
  readonly log: Plain;
}

/** Rebuilds the state that `snapshot` wrote, or an older build's. Throws on any other version. */
export function restore(plain: Plain): RiskState {
  return finished(restoring(plain));
}

/** The same step by step: it yields after each of the funds and holds. */
export function* restoring(plain: Plain): Generator<undefined, RiskState> {
  const shape = plain as unknown as RiskSnapshot;
  if (shape.version !== 1 && shape.version !== SNAPSHOT_VERSION)
    throw new Error(`risk snapshot version ${shape.version} is not known`);
  const funds = new FundsBook();
  for (const entry of shape.funds) {
    funds.restore(entry);
    yield;
  }
  const holds = new HoldBook();
  for (const hold of shape.holds) {
    holds.put('account' in hold ? hold : holdFromPlain(hold));
    yield;
  }
  const limits = new LimitTable();
  for (const [scope, set] of shape.limits) limits.set(scope, set);
  return {
    funds,
    holds,
    limits,
    freezes: new Map(shape.freezes),
    blacklist: new Map(shape.blacklist),
    symbolAssets: new Map(shape.symbolAssets),
    orderRates: OrderRateWindows.restore(shape.orderRates),
    recentFills: RecentFills.restore(shape.recentFills),
    log: ParticipantLog.restore(shape.log),
  };
}

/** One hold as a row: a million of them would spend most of their bytes on field names otherwise. */
type HoldRow = readonly [
  originShard: string,
  orderNumber: number,
  account: string,
  symbol: string,
  side: Hold['side'],
  openLots: number,
  protectionPriceTicks: number,
  version: number | null,
  lotSizeMinor: bigint,
  tickValueMinor: bigint,
  feeBps: number,
  baseAsset: string,
  quoteAsset: string,
];

function holdToPlain(hold: Hold): HoldRow {
  const { originShard, orderNumber, account, symbol, side, openLots, protectionPriceTicks } = hold;
  const { version = null, lotSizeMinor, tickValueMinor, feeBps, baseAsset, quoteAsset } = hold;
  const order = [originShard, orderNumber, account, symbol, side] as const;
  const terms = [lotSizeMinor, tickValueMinor, feeBps, baseAsset, quoteAsset] as const;
  return [...order, openLots, protectionPriceTicks, version, ...terms];
}

function holdFromPlain(row: HoldRow): Hold {
  const [originShard, orderNumber, account, symbol, side, openLots, protectionPriceTicks, version] = row;
  return {
    originShard,
    orderNumber,
    account,
    symbol,
    side,
    openLots,
    protectionPriceTicks,
    ...(version === null ? {} : { version }),
    lotSizeMinor: row[8],
    tickValueMinor: row[9],
    feeBps: row[10],
    baseAsset: row[11],
    quoteAsset: row[12],
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
