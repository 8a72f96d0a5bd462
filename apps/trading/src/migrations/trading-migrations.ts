import type { Migration } from '@clearway/platform-postgres';

/**
 * Tables of trading's read models. They are made from the journal and may be dropped and made again. Append new entries;
 * never change one that was released.
 */
export const tradingMigrations: readonly Migration[] = [
  {
    id: 'trading-0001-read-models',
    sql: `
CREATE TABLE orders (
  shard text NOT NULL,
  order_number bigint NOT NULL,
  account text NOT NULL,
  cl_ord_id text NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  ord_type text NOT NULL,
  time_in_force text NOT NULL,
  post_only boolean NOT NULL,
  quantity_lots bigint NOT NULL CHECK (quantity_lots > 0),
  price_ticks bigint NOT NULL,
  opened boolean NOT NULL DEFAULT false,
  cum_lots bigint NOT NULL DEFAULT 0,
  cum_tick_lots numeric NOT NULL DEFAULT 0,
  canceled_lots bigint NOT NULL DEFAULT 0,
  busted_lots bigint NOT NULL DEFAULT 0,
  end_status text CHECK (end_status IN ('CANCELED', 'REJECTED', 'EXPIRED')),
  reasons jsonb NOT NULL DEFAULT '[]',
  accepted_at_micros bigint NOT NULL,
  updated_at_micros bigint NOT NULL,
  PRIMARY KEY (shard, order_number)
);
CREATE INDEX orders_by_account ON orders (account, order_number DESC);
CREATE INDEX orders_by_key ON orders (account, cl_ord_id);
COMMENT ON TABLE orders IS 'Every order ever accepted, as its events left it; quantity = leaves + cum + canceled + busted.';

CREATE TABLE executions (
  shard text NOT NULL,
  trade_number bigint NOT NULL,
  symbol text NOT NULL,
  maker_order_number bigint NOT NULL,
  taker_order_number bigint NOT NULL,
  price_ticks bigint NOT NULL,
  quantity_lots bigint NOT NULL CHECK (quantity_lots > 0),
  maker_fee_minor bigint NOT NULL,
  taker_fee_minor bigint NOT NULL,
  executed_at_micros bigint NOT NULL,
  busted_at_micros bigint,
  PRIMARY KEY (shard, trade_number)
);
COMMENT ON TABLE executions IS 'Every trade, and whether it was busted.';
`,
  },
  {
    id: 'trading-0002-order-extras',
    sql: `
ALTER TABLE orders ADD COLUMN extras jsonb;
COMMENT ON COLUMN orders.extras IS 'Terms that most orders do without; prices in ticks, quantities in lots.';
`,
  },
  {
    id: 'trading-0003-replaced-orders',
    sql: `
ALTER TABLE orders ADD COLUMN former_cl_ord_ids text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN orders.former_cl_ord_ids IS 'Client order ids before the present one, oldest first.';
`,
  },
  {
    id: 'trading-0004-rows-change-in-place',
    sql: `
ALTER TABLE orders SET (fillfactor = 80);
`,
  },
  {
    id: 'trading-0005-market-data',
    sql: `
CREATE TABLE candles (
  shard text NOT NULL,
  symbol text NOT NULL,
  interval_seconds bigint NOT NULL,
  open_at_micros bigint NOT NULL,
  open_ticks bigint NOT NULL,
  high_ticks bigint NOT NULL,
  low_ticks bigint NOT NULL,
  close_ticks bigint NOT NULL,
  volume_lots numeric NOT NULL,
  turnover_tick_lots numeric NOT NULL,
  trades bigint NOT NULL,
  PRIMARY KEY (shard, symbol, interval_seconds, open_at_micros)
);
COMMENT ON TABLE candles IS 'What was traded in each second, minute, hour and day with a trade, busted trades left out.';
CREATE INDEX executions_by_symbol ON executions (symbol, executed_at_micros, trade_number);

INSERT INTO candles
SELECT shard, symbol, s, executed_at_micros / (s * 1000000) * (s * 1000000) AS at,
  (array_agg(price_ticks ORDER BY trade_number))[1], max(price_ticks), min(price_ticks),
  (array_agg(price_ticks ORDER BY trade_number DESC))[1], sum(quantity_lots),
  sum(price_ticks::numeric * quantity_lots), count(*)
FROM executions, unnest(ARRAY[1, 60, 3600, 86400]::bigint[]) AS s
WHERE busted_at_micros IS NULL
GROUP BY shard, symbol, s, at;
`,
  },
  {
    id: 'trading-0006-room-for-one-change',
    // Most orders are changed about once after their row was written: with room for that in its page no index is touched.
    sql: `
ALTER TABLE orders SET (fillfactor = 50);
`,
  },
  {
    id: 'trading-0007-former-client-order-ids',
    // Few orders are ever replaced: who asks for an id that no order has looks at those alone, not at all of the account.
    sql: `
CREATE INDEX orders_by_former_key ON orders (account) WHERE former_cl_ord_ids <> '{}';
`,
  },
];
