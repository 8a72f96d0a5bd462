import type { Posting } from '@clearway/domain-clearing';
import { parameterRows, piecesOf, plainArray, textArray } from '@clearway/platform-projection';
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

const KEYS = { owner: 'text', purpose: 'text', asset: 'text' };

/** Exported so that a test can see how it is planned. */
export const LOAD_BALANCES = `
SELECT b.owner, b.purpose, b.asset, b.debits_minor, b.credits_minor
FROM ledger_balances b JOIN ${parameterRows(KEYS, 2)} AS k
  ON b.owner = k.owner AND b.purpose = k.purpose AND b.asset = k.asset
WHERE b.shard = $1`;
const SAVE = `
INSERT INTO ledger_balances (shard, owner, purpose, asset, debits_minor, credits_minor)
SELECT $1, k.* FROM ${parameterRows({ ...KEYS, debits: 'bigint', credits: 'bigint' }, 2)} AS k
ON CONFLICT (shard, owner, purpose, asset)
DO UPDATE SET debits_minor = excluded.debits_minor, credits_minor = excluded.credits_minor`;

/** Totals of the accounts that a batch of entries touches: read once, carried along, written once. */
export class RunningBalances {
  private readonly all: AccountTotals[] = [];
  /** By owner and asset; there are but a few purposes. */
  private readonly owners = new Map<string, Map<string, AccountTotals[]>>();

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
    for (const piece of piecesOf(balances.all)) {
      const { rows } = await client.query<TotalsRow>(LOAD_BALANCES, [shard, ...keyColumns(piece)]);
      for (const row of rows) {
        const account = balances.account(row);
        account.debitsMinor = BigInt(row.debits_minor);
        account.creditsMinor = BigInt(row.credits_minor);
      }
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
    for (const piece of piecesOf(this.all)) {
      const debits = plainArray(piece.map(({ debitsMinor }) => debitsMinor));
      const credits = plainArray(piece.map(({ creditsMinor }) => creditsMinor));
      await client.query(SAVE, [shard, ...keyColumns(piece), debits, credits]);
    }
  }

  private account({ owner, purpose, asset }: Pick<AccountTotals, 'owner' | 'purpose' | 'asset'>) {
    const accounts = this.accountsOf(owner, asset);
    for (const account of accounts) if (account.purpose === purpose) return account;
    const created: AccountTotals = { owner, purpose, asset, debitsMinor: 0n, creditsMinor: 0n };
    accounts.push(created);
    this.all.push(created);
    return created;
  }

  private accountsOf(owner: string, asset: string): AccountTotals[] {
    let assets = this.owners.get(owner);
    if (!assets) {
      assets = new Map();
      this.owners.set(owner, assets);
    }
    let accounts = assets.get(asset);
    if (!accounts) {
      accounts = [];
      assets.set(asset, accounts);
    }
    return accounts;
  }
}

function keyColumns(accounts: readonly AccountTotals[]): string[] {
  return [
    textArray(accounts.map(({ owner }) => owner)),
    textArray(accounts.map(({ purpose }) => purpose)),
    textArray(accounts.map(({ asset }) => asset)),
  ];
}
