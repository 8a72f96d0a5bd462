import type { Posting } from '@clearway/domain-clearing';
import { plainArray, textArray } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import type { EntryRow } from './posting-rows';

interface AccountTotals {
  readonly owner: string;
  readonly purpose: string;
  readonly asset: string;
  debitsMinor: bigint;
  creditsMinor: bigint;
}

interface TotalsRow {
  readonly owner: string;
  readonly purpose: string;
  readonly asset: string;
  readonly debits_minor: string;
  readonly credits_minor: string;
}

const LOAD = `
SELECT b.owner, b.purpose, b.asset, b.debits_minor, b.credits_minor
FROM ledger_balances b JOIN unnest($2::text[], $3::text[], $4::text[]) AS k (owner, purpose, asset)
  ON b.owner = k.owner AND b.purpose = k.purpose AND b.asset = k.asset
WHERE b.shard = $1`;
const SAVE = `
INSERT INTO ledger_balances (shard, owner, purpose, asset, debits_minor, credits_minor)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
ON CONFLICT (shard, owner, purpose, asset)
DO UPDATE SET debits_minor = excluded.debits_minor, credits_minor = excluded.credits_minor`;

/** Totals of the accounts that a batch of entries touches: read once, carried along, written once. */
export class RunningBalances {
  private readonly accounts = new Map<string, AccountTotals>();

  private constructor(entries: readonly EntryRow[]) {
    for (const { postings } of entries) for (const posting of postings) this.account(posting);
  }

  /** Reads the totals before the first of the entries. */
  static async load(
    client: ClientBase,
    shard: string,
    entries: readonly EntryRow[],
  ): Promise<RunningBalances> {
    const balances = new RunningBalances(entries);
    const { rows } = await client.query<TotalsRow>({
      name: 'ledger-balances-load',
      text: LOAD,
      values: [shard, ...balances.keys()],
    });
    for (const row of rows) {
      const account = balances.account(row);
      account.debitsMinor = BigInt(row.debits_minor);
      account.creditsMinor = BigInt(row.credits_minor);
    }
    return balances;
  }

  /** Applies a posting and gives the credit balance right after it, in minor units. */
  apply(posting: Posting): bigint {
    const account = this.account(posting);
    if (posting.side === 'debit') account.debitsMinor += posting.amountMinor;
    else account.creditsMinor += posting.amountMinor;
    return account.creditsMinor - account.debitsMinor;
  }

  /** Writes the totals after the last entry. */
  async save(client: ClientBase, shard: string): Promise<void> {
    const all = [...this.accounts.values()];
    const debits = plainArray(all.map(({ debitsMinor }) => debitsMinor));
    const credits = plainArray(all.map(({ creditsMinor }) => creditsMinor));
    const values = [shard, ...this.keys(), debits, credits];
    await client.query({ name: 'ledger-balances-save', text: SAVE, values });
  }

  private keys(): readonly string[] {
    const all = [...this.accounts.values()];
    return [
      textArray(all.map(({ owner }) => owner)),
      textArray(all.map(({ purpose }) => purpose)),
      textArray(all.map(({ asset }) => asset)),
    ];
  }

  private account({ owner, purpose, asset }: Pick<AccountTotals, 'owner' | 'purpose' | 'asset'>) {
    const key = `${owner} ${purpose} ${asset}`;
    const known = this.accounts.get(key);
    if (known) return known;
    const created: AccountTotals = { owner, purpose, asset, debitsMinor: 0n, creditsMinor: 0n };
    this.accounts.set(key, created);
    return created;
  }
}
