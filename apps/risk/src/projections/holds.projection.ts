import { type Hold, needMinor } from '@clearway/domain-risk';
import {
  copyRows,
  parameterRows,
  piecesOf,
  plainArray,
  type RowWriter,
  textArray,
} from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import type { HoldChanges, OpenHold } from './hold-changes';

/** Exported so that a test can see how it is planned. */
export const TAKE_UP = `DELETE FROM risk_holds h USING ${parameterRows({ origin: 'text', number: 'bigint' }, 1)} AS wanted
  WHERE h.origin_shard = wanted.origin AND h.order_number = wanted.number
  RETURNING h.origin_shard, h.order_number, h.account, h.symbol, h.side, h.placed_lots, h.open_lots, h.protection_price_ticks,
    h.lot_size_minor, h.tick_value_minor, h.fee_bps, h.base_asset, h.quote_asset, date_part('epoch', h.placed_at) AS placed_at_seconds`;

const HOLDS = `risk_holds (origin_shard, order_number, account, symbol, side, placed_lots, open_lots, protection_price_ticks,
  lot_size_minor, tick_value_minor, fee_bps, base_asset, quote_asset, held_minor, placed_at, changed_at)`;

const MICROS_PER_SECOND = 1_000_000;

interface HoldRow {
  readonly origin_shard: string;
  readonly order_number: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly placed_lots: string;
  /** With a fraction; exact to the microsecond. */
  readonly placed_at_seconds: number;
  readonly open_lots: string;
  readonly protection_price_ticks: string;
  readonly lot_size_minor: string;
  readonly tick_value_minor: string;
  readonly fee_bps: number;
  readonly base_asset: string;
  readonly quote_asset: string;
}

/**
 * Takes those holds out of the table that were placed before the changes. Most of them end with the changes and never come back;
 * the others are put back as they are then.
 */
export async function takeUpHolds(client: ClientBase, changes: HoldChanges): Promise<void> {
  for (const piece of piecesOf(changes.earlier)) {
    const values = [
      textArray(piece.map(({ originShard }) => originShard)),
      plainArray(piece.map(({ orderNumber }) => orderNumber)),
    ];
    const { rows } = await client.query<HoldRow>(TAKE_UP, values);
    for (const row of rows)
      changes.takeUp(holdOfRow(row), {
        lots: Number(row.placed_lots),
        atMicros: Math.round(row.placed_at_seconds * MICROS_PER_SECOND),
      });
  }
}

function holdOfRow(row: HoldRow): Hold {
  return {
    originShard: row.origin_shard,
    orderNumber: Number(row.order_number),
    account: row.account,
    symbol: row.symbol,
    side: row.side,
    openLots: Number(row.open_lots),
    protectionPriceTicks: Number(row.protection_price_ticks),
    lotSizeMinor: BigInt(row.lot_size_minor),
    tickValueMinor: BigInt(row.tick_value_minor),
    feeBps: row.fee_bps,
    baseAsset: row.base_asset,
    quoteAsset: row.quote_asset,
  };
}

/** Puts the holds into the table that are open after the changes. A hold that was placed and ended within them was never there. */
export async function projectHolds(client: ClientBase, changes: HoldChanges): Promise<void> {
  await copyRows(client, HOLDS, [...changes.open()], writeHold);
}

function writeHold(to: RowWriter, { hold, placing, changedAtMicros }: OpenHold): void {
  to.text(hold.originShard).integer(hold.orderNumber).text(hold.account).text(hold.symbol).text(hold.side);
  to.integer(placing.lots).integer(hold.openLots).integer(hold.protectionPriceTicks);
  to.integer(hold.lotSizeMinor).integer(hold.tickValueMinor).integer(hold.feeBps);
  to.text(hold.baseAsset).text(hold.quoteAsset).integer(needMinor(hold));
  to.timestamp(placing.atMicros).timestamp(changedAtMicros);
}
