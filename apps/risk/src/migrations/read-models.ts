import type { Migration } from '@clearway/platform-postgres';

/** Risk's read models, oldest first. Append; never change one that was released. */
export const readModelMigrations: readonly Migration[] = [
  {
    id: 'risk-0001-read-models',
    sql: `
CREATE TABLE risk_funds (
  account text NOT NULL,
  asset text NOT NULL,
  total_minor numeric(38, 0) NOT NULL,
  held_for_orders_minor numeric(38, 0) NOT NULL,
  held_for_withdrawals_minor numeric(38, 0) NOT NULL,
  PRIMARY KEY (account, asset)
) WITH (fillfactor = 70);
COMMENT ON TABLE risk_funds IS 'What each account has and holds, in minor units; follows the journal a moment later.';

CREATE TABLE risk_holds (
  origin_shard text NOT NULL,
  order_number bigint NOT NULL,
  account text NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('buy', 'sell')),
  placed_lots bigint NOT NULL CHECK (placed_lots > 0),
  open_lots bigint NOT NULL CHECK (open_lots >= 0),
  protection_price_ticks bigint NOT NULL,
  lot_size_minor bigint NOT NULL,
  tick_value_minor bigint NOT NULL,
  fee_bps integer NOT NULL,
  base_asset text NOT NULL,
  quote_asset text NOT NULL,
  held_minor numeric(38, 0) NOT NULL,
  placed_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (origin_shard, order_number)
) WITH (fillfactor = 70);
CREATE INDEX risk_holds_open ON risk_holds (account) WHERE open_lots > 0;
COMMENT ON TABLE risk_holds IS 'Every hold that an order ever had; open_lots = 0 when it has ended.';

CREATE TABLE risk_freezes (
  account text PRIMARY KEY,
  frozen boolean NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE risk_limits (
  account text NOT NULL,
  symbol text NOT NULL,
  order_qty_max_minor numeric(38, 0) NOT NULL,
  order_notional_max_minor numeric(38, 0) NOT NULL,
  position_max_minor numeric(38, 0) NOT NULL,
  orders_per_minute_max bigint NOT NULL,
  price_deviation_bps_max bigint NOT NULL,
  fat_finger_multiple_max bigint NOT NULL,
  set_at timestamptz NOT NULL,
  set_by text NOT NULL,
  PRIMARY KEY (account, symbol)
);
COMMENT ON TABLE risk_limits IS 'Overrides by scope; empty account or symbol means any, 0 inherits.';

CREATE TABLE risk_blacklist (
  participant text PRIMARY KEY,
  note text NOT NULL,
  set_at timestamptz NOT NULL,
  set_by text NOT NULL
);
`,
  },
  {
    id: 'risk-0002-open-holds',
    sql: `
DELETE FROM risk_holds WHERE open_lots = 0;
DROP INDEX risk_holds_open;
COMMENT ON TABLE risk_holds IS 'The open holds of orders; what became of those that ended, the journal and audit say.';
`,
  },
];
