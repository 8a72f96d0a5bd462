import type { Plain } from '@clearway/kernel';

/** One freeze or its lifting. */
export interface AccountFreeze {
  readonly account: string;
  readonly frozen: boolean;
  /** Number of the change in this shard, from 1; risk ignores a lower one than it has seen of the account. */
  readonly version: number;
}

/**
 * Which accounts are frozen, and the changes that risk has not confirmed yet. Clearing is the authority; risk follows by saga.
 * Changed by `evolve` alone.
 */
export class AccountFreezes {
  private readonly newest = new Map<string, AccountFreeze>();
  private readonly untold = new Map<number, AccountFreeze>();
  private lastVersion = 0;

  /** Version that the next change must carry. */
  get nextVersion(): number {
    return this.lastVersion + 1;
  }

  /** Whether the account is frozen; one never heard of is not. */
  isFrozen(account: string): boolean {
    return this.newest.get(account)?.frozen ?? false;
  }

  /** Returns a change that risk has not confirmed. Throws when it is unknown. */
  change(version: number): AccountFreeze {
    const change = this.untold.get(version);
    if (!change) throw new Error(`freeze ${version} is not under way`);
    return change;
  }

  /** Applies a change. Throws when its version does not follow the last one. */
  set(freeze: AccountFreeze): void {
    if (freeze.version !== this.nextVersion) throw new Error(`freeze ${freeze.version} is out of order`);
    this.lastVersion = freeze.version;
    this.newest.set(freeze.account, freeze);
    this.untold.set(freeze.version, freeze);
  }

  /** Forgets that risk had to be told: its saga has ended. */
  told(version: number): void {
    this.untold.delete(version);
  }

  /** Canonical form for a snapshot: ascending by account and by version. */
  snapshot(): Plain {
    return {
      lastVersion: this.lastVersion,
      newest: [...this.newest.values()].sort((a, b) => (a.account < b.account ? -1 : 1)).map(toPlain),
      untold: [...this.untold.values()].sort((a, b) => a.version - b.version).map(toPlain),
    };
  }

  /** Rebuilds the freezes from `snapshot`. */
  static restore(plain: Plain): AccountFreezes {
    const from = plain as { lastVersion: number; newest: FreezePlain[]; untold: FreezePlain[] };
    const freezes = new AccountFreezes();
    freezes.lastVersion = from.lastVersion;
    for (const freeze of from.newest.map(fromPlain)) freezes.newest.set(freeze.account, freeze);
    for (const freeze of from.untold.map(fromPlain)) freezes.untold.set(freeze.version, freeze);
    return freezes;
  }
}

type FreezePlain = [string, boolean, number];

function toPlain({ account, frozen, version }: AccountFreeze): Plain {
  return [account, frozen, version];
}

function fromPlain([account, frozen, version]: FreezePlain): AccountFreeze {
  return { account, frozen, version };
}
