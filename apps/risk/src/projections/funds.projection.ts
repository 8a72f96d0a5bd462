import type { Freeze } from '@clearway/domain-risk';
import { parameterRows, piecesOf, plainArray, textArray } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import type { FundChanges } from './fund-changes';

const SUMS = {
  account: 'text',
  asset: 'text',
  total: 'numeric',
  for_orders: 'numeric',
  for_withdrawals: 'numeric',
};

const ADD_FUNDS = `INSERT INTO risk_funds AS f
    (account, asset, total_minor, held_for_orders_minor, held_for_withdrawals_minor)
  SELECT account, asset, total, for_orders, for_withdrawals FROM ${parameterRows(SUMS, 1)} AS sums
  ON CONFLICT (account, asset) DO UPDATE SET total_minor = f.total_minor + excluded.total_minor,
    held_for_orders_minor = f.held_for_orders_minor + excluded.held_for_orders_minor,
    held_for_withdrawals_minor = f.held_for_withdrawals_minor + excluded.held_for_withdrawals_minor`;

const SET_FREEZES = `INSERT INTO risk_freezes AS f (account, frozen, version)
  SELECT * FROM unnest($1::text[], $2::boolean[], $3::bigint[])
  ON CONFLICT (account) DO UPDATE SET frozen = excluded.frozen, version = excluded.version
  WHERE excluded.version >= f.version`;

/** Adds what the events changed to the funds of each account and asset. */
export async function projectFunds(client: ClientBase, changes: FundChanges): Promise<void> {
  for (const piece of piecesOf(changes.entries())) {
    const values = [
      textArray(piece.map((entry) => entry.account)),
      textArray(piece.map((entry) => entry.asset)),
      plainArray(piece.map((entry) => entry.totalMinor)),
      plainArray(piece.map((entry) => entry.heldForOrdersMinor)),
      plainArray(piece.map((entry) => entry.heldForWithdrawalsMinor)),
    ];
    await client.query(ADD_FUNDS, values);
  }
}

/** Follows freezes; one that was overtaken by a higher version changes nothing. */
export async function projectFreezes(
  client: ClientBase,
  changes: ReadonlyMap<string, Freeze>,
): Promise<void> {
  if (changes.size === 0) return;
  const freezes = [...changes.values()];
  await client.query(SET_FREEZES, [
    [...changes.keys()],
    freezes.map(({ frozen }) => frozen),
    freezes.map(({ version }) => version),
  ]);
}
