import type { trading } from '@clearway/contracts';
import type {
  OrderExtras,
  OrderReference,
  OrderView,
  OrdStatus,
  OrdType,
  TimeInForce,
} from '@clearway/domain-trading';
import type { Reason } from '@clearway/kernel';
import { reason } from '@clearway/kernel';
import type { Pool } from 'pg';
import type { OrderCodec } from '../codec/order.codec';

const BY_NUMBER = 'SELECT * FROM orders WHERE shard = $1 AND order_number = $2';
const BY_KEY =
  'SELECT * FROM orders WHERE shard = $1 AND account = $2 AND cl_ord_id = $3 ORDER BY order_number DESC LIMIT 1';
/** Exported so that a test can see how it is planned. */
export const BY_FORMER_KEY = `SELECT * FROM orders WHERE shard = $1 AND account = $2 AND $3 = ANY (former_cl_ord_ids)
  AND former_cl_ord_ids <> '{}' ORDER BY order_number DESC LIMIT 1`;
const BY_ACCOUNT =
  'SELECT * FROM orders WHERE shard = $1 AND account = $2 AND order_number < $3 ORDER BY order_number DESC LIMIT $4';

/** A row of the read model; bigint columns come as text. */
interface OrderRow {
  readonly order_number: string;
  readonly account: string;
  readonly cl_ord_id: string;
  readonly former_cl_ord_ids: readonly string[];
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly ord_type: OrdType;
  readonly time_in_force: TimeInForce;
  readonly post_only: boolean;
  readonly extras: OrderExtras | null;
  readonly quantity_lots: string;
  readonly price_ticks: string;
  readonly opened: boolean;
  readonly cum_lots: string;
  readonly cum_tick_lots: string;
  readonly canceled_lots: string;
  readonly busted_lots: string;
  readonly end_status: OrdStatus | null;
  readonly reasons: readonly Reason[];
  readonly accepted_at_micros: string;
  readonly updated_at_micros: string;
}

/** Brings the read model up to what is durable now; resolves false when that takes too long. */
export type CatchUp = () => Promise<void>;

/** Orders from the read model: every order ever accepted, also those that memory has let go. */
export class OrderHistory {
  constructor(
    private readonly pool: Pool,
    private readonly shardId: string,
    private readonly codec: OrderCodec,
    private readonly catchUp: CatchUp,
  ) {}

  /** One order by its number or its owner's key. */
  async find(reference: OrderReference): Promise<trading.Order | undefined> {
    await this.catchUp();
    const row =
      'orderNumber' in reference
        ? await this.row(BY_NUMBER, reference.orderNumber)
        : ((await this.row(BY_KEY, reference.account, reference.clOrdId)) ??
          (await this.row(BY_FORMER_KEY, reference.account, reference.clOrdId)));
    return row && this.codec.order(viewOfRow(row));
  }

  private async row(sql: string, ...values: (string | number)[]): Promise<OrderRow | undefined> {
    const { rows } = await this.pool.query<OrderRow>(sql, [this.shardId, ...values]);
    return rows[0];
  }

  /** An account's orders below a number, newest first. */
  async list(account: string, below: number, limit: number): Promise<trading.Order[]> {
    await this.catchUp();
    const { rows } = await this.pool.query<OrderRow>(BY_ACCOUNT, [this.shardId, account, below, limit]);
    return rows.map((row) => this.codec.order(viewOfRow(row)));
  }
}

function viewOfRow(row: OrderRow): OrderView {
  const quantityLots = Number(row.quantity_lots);
  const cumLots = Number(row.cum_lots);
  const canceledLots = Number(row.canceled_lots);
  const bustedLots = Number(row.busted_lots);
  const leavesLots = quantityLots - cumLots - canceledLots - bustedLots;
  return {
    number: Number(row.order_number),
    terms: {
      account: row.account,
      clOrdId: row.cl_ord_id,
      symbol: row.symbol,
      side: row.side,
      ordType: row.ord_type,
      timeInForce: row.time_in_force,
      postOnly: row.post_only,
      quantityLots,
      priceTicks: Number(row.price_ticks),
      extras: row.extras ?? undefined,
    },
    acceptedAtMicros: Number(row.accepted_at_micros),
    updatedAtMicros: Number(row.updated_at_micros),
    status: row.end_status ?? statusOf(leavesLots, cumLots, quantityLots, row.opened),
    leavesLots,
    cumLots,
    canceledLots,
    bustedLots,
    canceledOnEntryLots: 0,
    adjustedLots: 0,
    cumTickLots: BigInt(row.cum_tick_lots),
    unsettledLots: 0,
    resting: false,
    cancelCause: undefined,
    openSagas: 0,
    amend: undefined,
    stop: undefined,
    reasons: row.reasons.map(({ code, message, metadata }) => reason(code, message || undefined, metadata)),
  };
}

function statusOf(leavesLots: number, cumLots: number, quantityLots: number, isOpened: boolean): OrdStatus {
  if (leavesLots === 0) return cumLots === quantityLots ? 'FILLED' : 'CANCELED';
  if (cumLots > 0) return 'PARTIALLY_FILLED';
  return isOpened ? 'NEW' : 'PENDING_NEW';
}
