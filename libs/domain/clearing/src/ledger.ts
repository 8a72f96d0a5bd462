import { HOUSE, type Plain } from '@clearway/kernel';
import { assertBalanced } from './entry';
import { childMap } from './nested-map';
import type { AccountPurpose, Posting } from './posting';

/** Totals of one ledger account since its first entry, in minor units. Neither total ever shrinks. */
export interface LedgerAccount {
  /** Account id of a participant, or `house`. */
  readonly owner: string;
  readonly asset: string;
  readonly purpose: AccountPurpose;
  debitsMinor: bigint;
  creditsMinor: bigint;
}

type AccountsByAsset = Map<string, LedgerAccount>;

/**
 * The double-entry ledger of one shard. It keeps debit and credit totals of each account and the number of the last entry;
 * the entries themselves are immutable and live in the journal. Accounts are found by two map look-ups on strings that exist
 * already, so posting builds no keys. Changed by `evolve` alone.
 */
export class Ledger {
  private readonly books: Readonly<Record<AccountPurpose, Map<string, AccountsByAsset>>> = {
    CUSTOMER: new Map(),
    CCP: new Map(),
    FEES: new Map(),
    NOSTRO: new Map(),
  };
  private entries = 0;

  /** Number that the next entry must carry; entries are numbered from 1 without a gap. */
  get nextEntryNumber(): number {
    return this.entries + 1;
  }

  /** Posts one entry. Throws when it is out of order or unbalanced, before any balance has changed. */
  post(entryNumber: number, postings: readonly Posting[]): void {
    if (entryNumber !== this.nextEntryNumber)
      throw new Error(`entry ${entryNumber} came where ${this.nextEntryNumber} was due`);
    assertBalanced(postings);
    for (const posting of postings) {
      const account = this.account(posting.owner, posting.asset, posting.purpose);
      if (posting.side === 'debit') account.debitsMinor += posting.amountMinor;
      else account.creditsMinor += posting.amountMinor;
    }
    this.entries = entryNumber;
  }

  /** Credits less debits of an account in minor units; zero when it was never posted to. */
  creditBalanceMinor(owner: string, asset: string, purpose: AccountPurpose): bigint {
    const account = this.books[purpose].get(owner)?.get(asset);
    return account ? account.creditsMinor - account.debitsMinor : 0n;
  }

  /** What a participant owns of the asset, in minor units; below zero only after a reversal of what was moved on. */
  customerBalanceMinor(account: string, asset: string): bigint {
    return this.creditBalanceMinor(account, asset, 'CUSTOMER');
  }

  /** The house's credit balance of a purpose in minor units. */
  houseBalanceMinor(purpose: Exclude<AccountPurpose, 'CUSTOMER'>, asset: string): bigint {
    return this.creditBalanceMinor(HOUSE, asset, purpose);
  }

  /** The accounts of one participant in ascending order of asset. */
  accountsOf(account: string): readonly Readonly<LedgerAccount>[] {
    return [...(this.books.CUSTOMER.get(account)?.values() ?? [])].sort(inAccountOrder);
  }

  /** Every account of the ledger, in no particular order. */
  *accounts(): Generator<Readonly<LedgerAccount>> {
    for (const book of Object.values(this.books)) for (const owner of book.values()) yield* owner.values();
  }

  /** Canonical form for a snapshot: accounts ascending by owner, asset and purpose. */
  snapshot(): Plain {
    const rows = [...this.accounts()]
      .sort(inAccountOrder)
      .map((account) => [
        account.owner,
        account.asset,
        account.purpose,
        account.debitsMinor,
        account.creditsMinor,
      ]);
    return { entries: this.entries, accounts: rows };
  }

  /** Rebuilds a ledger from `snapshot`. */
  static restore(plain: Plain): Ledger {
    const { entries, accounts } = plain as {
      entries: number;
      accounts: [string, string, AccountPurpose, bigint, bigint][];
    };
    const ledger = new Ledger();
    ledger.entries = entries;
    for (const [owner, asset, purpose, debitsMinor, creditsMinor] of accounts) {
      const account = ledger.account(owner, asset, purpose);
      account.debitsMinor = debitsMinor;
      account.creditsMinor = creditsMinor;
    }
    return ledger;
  }

  private account(owner: string, asset: string, purpose: AccountPurpose): LedgerAccount {
    const byAsset = childMap(this.books[purpose], owner);
    const known = byAsset.get(asset);
    if (known) return known;
    const created: LedgerAccount = { owner, asset, purpose, debitsMinor: 0n, creditsMinor: 0n };
    byAsset.set(asset, created);
    return created;
  }
}

/** Compares two accounts by owner, asset and purpose, in code-unit order, so that listings and snapshots are canonical. */
export function inAccountOrder(a: Readonly<LedgerAccount>, b: Readonly<LedgerAccount>): number {
  return compare(a.owner, b.owner) || compare(a.asset, b.asset) || compare(a.purpose, b.purpose);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
