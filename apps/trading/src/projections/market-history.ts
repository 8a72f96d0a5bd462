import {
  type Candle,
  type LoadedHistory,
  RECENT_TRADES_MAX,
  type TapeTrade,
} from '@clearway/domain-market-data';
import type { ClientBase, Pool } from 'pg';
import type { CatchUp } from './order-history';

const CANDLES = `
SELECT open_at_micros, open_ticks, high_ticks, low_ticks, close_ticks, volume_lots, turnover_tick_lots, trades
FROM candles WHERE shard = $1 AND symbol = $2 AND interval_seconds = $3 AND open_at_micros < $4
ORDER BY open_at_micros DESC LIMIT $5`;

/** As many rows as could make the candles asked for, merged; what is left over is cut off. */
const MERGED_CANDLES = `
SELECT open_at_micros / ($6::bigint * 1000000) * ($6::bigint * 1000000) AS open_at_micros,
  (array_agg(open_ticks ORDER BY open_at_micros))[1] AS open_ticks, max(high_ticks) AS high_ticks,
  min(low_ticks) AS low_ticks, (array_agg(close_ticks ORDER BY open_at_micros DESC))[1] AS close_ticks,
  sum(volume_lots) AS volume_lots, sum(turnover_tick_lots) AS turnover_tick_lots, sum(trades) AS trades
FROM (${CANDLES}) AS c
GROUP BY 1 ORDER BY 1 DESC LIMIT $7`;

const TRADES = `
SELECT e.trade_number, e.price_ticks, e.quantity_lots, e.executed_at_micros, e.busted_at_micros IS NOT NULL AS busted, o.side
FROM executions e JOIN orders o ON o.shard = e.shard AND o.order_number = e.taker_order_number
WHERE e.symbol = $2 AND (e.executed_at_micros, e.trade_number) < ($3, $4) AND e.shard = $1
ORDER BY e.executed_at_micros DESC, e.trade_number DESC LIMIT $5`;

/** Candles that are read back for a start; see TradeHistory for why so many. */
const LOADED_CANDLES = { seconds: 301, minutes: 300, days: 2 } as const;

/** A trade as the read model has it. */
export type PastTrade = TapeTrade & { readonly busted: boolean };

/** Everything before this trade; the end of the list when its fields are as large as they get. */
export interface TradePosition {
  readonly atMicros: number;
  readonly tradeNumber: number;
}

/** Later than any trade. */
export const NEWEST_TRADES: TradePosition = {
  atMicros: Number.MAX_SAFE_INTEGER,
  tradeNumber: Number.MAX_SAFE_INTEGER,
};

interface CandleRow {
  readonly open_at_micros: string;
  readonly open_ticks: string;
  readonly high_ticks: string;
  readonly low_ticks: string;
  readonly close_ticks: string;
  readonly volume_lots: string;
  readonly turnover_tick_lots: string;
  readonly trades: string;
}

interface TradeRow {
  readonly trade_number: string;
  readonly price_ticks: string;
  readonly quantity_lots: string;
  readonly executed_at_micros: string;
  readonly busted: boolean;
  readonly side: 'BUY' | 'SELL';
}

/** Trades and candles from the read model. */
export class MarketHistory {
  constructor(
    private readonly pool: Pool,
    private readonly shardId: string,
    private readonly catchUp: CatchUp,
  ) {}

  /** Trades before a position, newest first. */
  async trades(symbol: string, before: TradePosition, limit: number): Promise<PastTrade[]> {
    await this.catchUp();
    return this.readTrades(this.pool, symbol, before, limit);
  }

  /**
   * Candles of `seconds` that begin before a time, newest first, merged from stored ones of `storedSeconds`, which divide
   * them.
   */
  async candles(
    symbol: string,
    seconds: number,
    storedSeconds: number,
    beforeMicros: number,
    limit: number,
  ): Promise<Candle[]> {
    await this.catchUp();
    if (seconds === storedSeconds) return this.readCandles(this.pool, symbol, seconds, beforeMicros, limit);
    const micros = seconds * 1_000_000;
    const beforeOpen = Math.ceil(beforeMicros / micros) * micros;
    const stored = [this.shardId, symbol, storedSeconds, beforeOpen, (limit * seconds) / storedSeconds];
    const { rows } = await this.pool.query<CandleRow>(MERGED_CANDLES, [...stored, seconds, limit]);
    return rows.map(candleOfRow);
  }

  /** All that a start needs of an instrument, as of one moment that is not before the call. */
  async load(symbol: string): Promise<LoadedHistory> {
    await this.catchUp();
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const [seconds, minutes, days] = [
        await this.newestCandles(client, symbol, 1, LOADED_CANDLES.seconds),
        await this.newestCandles(client, symbol, 60, LOADED_CANDLES.minutes),
        await this.newestCandles(client, symbol, 86_400, LOADED_CANDLES.days),
      ];
      const trades = await this.readTrades(client, symbol, NEWEST_TRADES, RECENT_TRADES_MAX);
      return { seconds, minutes, days, trades: trades.reverse() };
    } finally {
      await client.query('COMMIT').catch(() => undefined);
      client.release();
    }
  }

  private async newestCandles(
    client: ClientBase,
    symbol: string,
    seconds: number,
    limit: number,
  ): Promise<Candle[]> {
    const candles = await this.readCandles(client, symbol, seconds, Number.MAX_SAFE_INTEGER, limit);
    return candles.reverse();
  }

  private async readCandles(
    from: Pool | ClientBase,
    symbol: string,
    seconds: number,
    beforeMicros: number,
    limit: number,
  ): Promise<Candle[]> {
    const { rows } = await from.query<CandleRow>(CANDLES, [
      this.shardId,
      symbol,
      seconds,
      beforeMicros,
      limit,
    ]);
    return rows.map(candleOfRow);
  }

  private async readTrades(
    from: Pool | ClientBase,
    symbol: string,
    { atMicros, tradeNumber }: TradePosition,
    limit: number,
  ): Promise<PastTrade[]> {
    const { rows } = await from.query<TradeRow>(TRADES, [this.shardId, symbol, atMicros, tradeNumber, limit]);
    return rows.map((row) => ({
      tradeNumber: Number(row.trade_number),
      side: row.side,
      priceTicks: Number(row.price_ticks),
      quantityLots: Number(row.quantity_lots),
      atMicros: Number(row.executed_at_micros),
      busted: row.busted,
    }));
  }
}

function candleOfRow(row: CandleRow): Candle {
  return {
    openAtMicros: Number(row.open_at_micros),
    openTicks: Number(row.open_ticks),
    highTicks: Number(row.high_ticks),
    lowTicks: Number(row.low_ticks),
    closeTicks: Number(row.close_ticks),
    volumeLots: Number(row.volume_lots),
    turnoverTickLots: BigInt(row.turnover_tick_lots),
    trades: Number(row.trades),
  };
}
