import { parameterRows, piecesOf, plainArray, textArray } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import { type CandleSum, candlesOf } from './candle-sums';
import type { ExecutionRow } from './execution-rows';

/** Lengths that candles are stored in, each made of the one before; every other one is merged from them when asked for. */
export const STORED_INTERVALS_SECONDS: readonly number[] = [1, 60, 3_600, 86_400];

const CANDLE_OF_TRADES = `
(array_agg(price_ticks ORDER BY trade_number))[1], max(price_ticks), min(price_ticks),
  (array_agg(price_ticks ORDER BY trade_number DESC))[1], sum(quantity_lots),
  sum(price_ticks::numeric * quantity_lots), count(*)`;

const CANDLE_OF_CANDLES = `
(array_agg(open_ticks ORDER BY open_at_micros))[1], max(high_ticks), min(low_ticks),
  (array_agg(close_ticks ORDER BY open_at_micros DESC))[1], sum(volume_lots), sum(turnover_tick_lots), sum(trades)`;

const COLUMNS = `shard, symbol, interval_seconds, open_at_micros, open_ticks, high_ticks, low_ticks, close_ticks, volume_lots,
  turnover_tick_lots, trades`;

const SUMS = {
  symbol: 'text',
  seconds: 'bigint',
  open_at: 'bigint',
  open: 'bigint',
  high: 'bigint',
  low: 'bigint',
  close: 'bigint',
  volume: 'numeric',
  turnover: 'numeric',
  trades: 'bigint',
};

/** Adds sums of later trades to the candles that are there. */
const ADD_SUMS = `
INSERT INTO candles AS c (${COLUMNS})
SELECT $1, symbol, seconds, open_at, open, high, low, close, volume, turnover, trades FROM ${parameterRows(SUMS, 2)} AS r
ON CONFLICT (shard, symbol, interval_seconds, open_at_micros) DO UPDATE SET
  high_ticks = greatest(c.high_ticks, excluded.high_ticks),
  low_ticks = least(c.low_ticks, excluded.low_ticks),
  close_ticks = excluded.close_ticks,
  volume_lots = c.volume_lots + excluded.volume_lots,
  turnover_tick_lots = c.turnover_tick_lots + excluded.turnover_tick_lots,
  trades = c.trades + excluded.trades`;

const DROP_CANDLE = `
DELETE FROM candles WHERE shard = $1 AND symbol = $2 AND interval_seconds = $3 AND open_at_micros = $4`;

const RECOUNT_SECOND = `
INSERT INTO candles (${COLUMNS})
SELECT shard, symbol, 1, $3, ${CANDLE_OF_TRADES}
FROM executions
WHERE shard = $1 AND symbol = $2 AND executed_at_micros BETWEEN $3 AND $3::bigint + 999999 AND busted_at_micros IS NULL
GROUP BY shard, symbol`;

const RECOUNT_LONGER = `
INSERT INTO candles (${COLUMNS})
SELECT shard, symbol, $4, $3, ${CANDLE_OF_CANDLES}
FROM candles
WHERE shard = $1 AND symbol = $2 AND interval_seconds = $5
  AND open_at_micros BETWEEN $3 AND $3::bigint + $4::bigint * 1000000 - 1
GROUP BY shard, symbol`;

/** Adds executions to their candles. They come in the order of their numbers. */
export async function addToCandles(
  client: ClientBase,
  shard: string,
  executions: readonly ExecutionRow[],
): Promise<void> {
  for (const piece of piecesOf(candlesOf(executions, STORED_INTERVALS_SECONDS)))
    await client.query(ADD_SUMS, [shard, ...sumColumns(piece)]);
}

function sumColumns(candles: readonly CandleSum[]): string[] {
  return [
    textArray(candles.map(({ symbol }) => symbol)),
    plainArray(candles.map(({ seconds }) => seconds)),
    plainArray(candles.map(({ openAtMicros }) => openAtMicros)),
    plainArray(candles.map(({ openTicks }) => openTicks)),
    plainArray(candles.map(({ highTicks }) => highTicks)),
    plainArray(candles.map(({ lowTicks }) => lowTicks)),
    plainArray(candles.map(({ closeTicks }) => closeTicks)),
    plainArray(candles.map(({ volumeLots }) => volumeLots)),
    plainArray(candles.map(({ turnoverTickLots }) => turnoverTickLots)),
    plainArray(candles.map(({ trades }) => trades)),
  ];
}

/** Makes the candles of a moment anew, without the executions that were busted. */
export async function recountCandles(
  client: ClientBase,
  shard: string,
  symbol: string,
  atMicros: number,
): Promise<void> {
  for (const [at, seconds] of STORED_INTERVALS_SECONDS.entries()) {
    const micros = seconds * 1_000_000;
    const openAtMicros = Math.floor(atMicros / micros) * micros;
    await client.query(DROP_CANDLE, [shard, symbol, seconds, openAtMicros]);
    const shorter = STORED_INTERVALS_SECONDS[at - 1];
    if (shorter === undefined) await client.query(RECOUNT_SECOND, [shard, symbol, openAtMicros]);
    else await client.query(RECOUNT_LONGER, [shard, symbol, openAtMicros, seconds, shorter]);
  }
}
