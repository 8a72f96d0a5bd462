import { copyRows, parameterRows, piecesOf, plainArray, type RowWriter } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import type { NewExecution } from './order-changes';

const EXECUTIONS = `executions (shard, trade_number, symbol, maker_order_number, taker_order_number, price_ticks, quantity_lots,
  maker_fee_minor, taker_fee_minor, executed_at_micros)`;

const SYMBOLS = `SELECT o.order_number, o.symbol FROM orders o JOIN ${parameterRows({ number: 'bigint' }, 2)} AS r
  ON o.shard = $1 AND o.order_number = r.number`;

/** A trade as its row has it. */
export type ExecutionRow = NewExecution & { readonly symbol: string };

/**
 * Gives each trade its symbol, which only its orders know. One of them mostly came with the same events; of others
 * the table, which has all of them by now, is asked.
 */
export async function withSymbols(
  client: ClientBase,
  shard: string,
  executions: readonly NewExecution[],
): Promise<ExecutionRow[]> {
  const makers = new Set<number>();
  for (const { event, symbol } of executions) if (symbol === undefined) makers.add(event.makerOrderNumber);
  const symbols = new Map<number, string>();
  for (const piece of piecesOf([...makers])) {
    const { rows } = await client.query<SymbolRow>(SYMBOLS, [shard, plainArray(piece)]);
    for (const row of rows) symbols.set(Number(row.order_number), row.symbol);
  }
  return executions.map(({ symbol, ...execution }) => {
    const known = symbol ?? symbols.get(execution.event.makerOrderNumber);
    if (known === undefined) throw new Error(`trade ${execution.event.tradeNumber} is of no known order`);
    return { ...execution, symbol: known };
  });
}

interface SymbolRow {
  readonly order_number: string;
  readonly symbol: string;
}

/** Writes rows of trades. */
export async function insertExecutions(
  client: ClientBase,
  shard: string,
  executions: readonly ExecutionRow[],
): Promise<void> {
  await copyRows(client, EXECUTIONS, executions, (to, execution) => writeExecution(to, shard, execution));
}

function writeExecution(to: RowWriter, shard: string, { event, symbol, atMicros }: ExecutionRow): void {
  to.text(shard).integer(event.tradeNumber).text(symbol);
  to.integer(event.makerOrderNumber).integer(event.takerOrderNumber);
  to.integer(event.priceTicks).integer(event.quantityLots);
  to.integer(event.makerFeeMinor).integer(event.takerFeeMinor).integer(atMicros);
}
