import type { RiskState } from '@clearway/domain-risk';
import { plainArray, textArray } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';

const ADD_FUNDS = `INSERT INTO risk_funds AS f
    (account, asset, total_minor, held_for_orders_minor, held_for_withdrawals_minor)
  SELECT * FROM unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[])
  ON CONFLICT (account, asset) DO UPDATE SET total_minor = f.total_minor + excluded.total_minor,
    held_for_orders_minor = f.held_for_orders_minor + excluded.held_for_orders_minor,
    held_for_withdrawals_minor = f.held_for_withdrawals_minor + excluded.held_for_withdrawals_minor`;

const SET_FREEZES = `INSERT INTO risk_freezes AS f (account, frozen, version)
  SELECT * FROM unnest($1::text[], $2::boolean[], $3::bigint[])
  ON CONFLICT (account) DO UPDATE SET frozen = excluded.frozen, version = excluded.version
  WHERE excluded.version >= f.version`;

/** Adds what the events changed to the funds of each account and asset. */
export async function projectFunds(client: ClientBase, changes: RiskState): Promise<void> {
  const entries = changes.funds.entries();
  if (entries.length === 0) return;
  const values = [
    textArray(entries.map((entry) => entry.account)),
    textArray(entries.map((entry) => entry.asset)),
    plainArray(entries.map((entry) => entry.totalMinor)),
    plainArray(entries.map((entry) => entry.heldForOrdersMinor)),
    plainArray(entries.map((entry) => entry.heldForWithdrawalsMinor)),
  ];
  await client.query({ name: 'risk-funds-add', text: ADD_FUNDS, values });
}

/** Follows freezes; one that was overtaken by a higher version changes nothing. */
export async function projectFreezes(client: ClientBase, changes: RiskState): Promise<void> {
  if (changes.freezes.size === 0) return;
  const freezes = [...changes.freezes.values()];
  await client.query(SET_FREEZES, [
    [...changes.freezes.keys()],
    freezes.map(({ frozen }) => frozen),
    freezes.map(({ version }) => version),
  ]);
}
