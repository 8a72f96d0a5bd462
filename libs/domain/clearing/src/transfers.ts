import type { Plain, Reason } from '@clearway/kernel';
import { childMap } from './nested-map';

/** Finished transfers that a shard remembers; older ones are answered from the read model. */
export const FINISHED_TRANSFERS_MAX = 100_000;

/** What a deposit or withdrawal was asked to do: the body that a repeated request must match. */
export interface TransferBody {
  /** True for a deposit, false for a withdrawal. */
  readonly deposit: boolean;
  readonly account: string;
  /** The caller's idempotency key, unique per account. */
  readonly requestId: string;
  readonly asset: string;
  readonly amountMinor: bigint;
  /** Reference at the bank; masked in audit. */
  readonly bankReference: string;
}

/** Pending while its saga lives; completed when posted and settled at risk; refused when it was undone. */
export type TransferStatus = 'pending' | 'completed' | 'refused';

/** A deposit or withdrawal. */
export interface Transfer extends TransferBody {
  readonly transferNumber: number;
  /** Saga of this shard that carries it out. */
  readonly sagaNumber: number;
  readonly status: TransferStatus;
  /** Why it was refused; empty otherwise. */
  readonly reasons: readonly Reason[];
}

/**
 * Deposits and withdrawals of one shard: all live ones and the newest finished ones, by number and by (account, request id).
 * It also keeps what transfers have brought into the house by asset, the figure that the NOSTRO accounts must equal. Changed by
 * `evolve` alone.
 */
export class Transfers {
  /** Posted deposits less posted withdrawals in minor units by asset. */
  readonly broughtInMinor = new Map<string, bigint>();
  private readonly byNumber = new Map<number, Transfer>();
  private readonly byAccount = new Map<string, Map<string, Transfer>>();
  /** Numbers of finished transfers, in the order in which they finished. */
  private readonly finished = new Set<number>();
  private requested = 0;
  private forgotten = 0;

  /** @param finishedMax finished transfers to remember; only tests set another one. */
  constructor(private readonly finishedMax: number = FINISHED_TRANSFERS_MAX) {}

  /** Number that the next transfer must carry; transfers are numbered from 1 without a gap. */
  get nextTransferNumber(): number {
    return this.requested + 1;
  }

  /** How many finished transfers are no longer here: above zero, an unknown key must be sought in the read model. */
  get forgottenCount(): number {
    return this.forgotten;
  }

  /** Returns a transfer by its number, or undefined when it is unknown or forgotten. */
  get(transferNumber: number): Transfer | undefined {
    return this.byNumber.get(transferNumber);
  }

  /** Returns a transfer by its idempotency key, or undefined when it is unknown or forgotten. */
  find(account: string, requestId: string): Transfer | undefined {
    return this.byAccount.get(account)?.get(requestId);
  }

  /** Adds a requested transfer as pending. Throws when its number or key is out of order. */
  request(transferNumber: number, sagaNumber: number, body: TransferBody): void {
    if (transferNumber !== this.nextTransferNumber)
      throw new Error(`transfer ${transferNumber} out of order`);
    if (this.find(body.account, body.requestId)) throw new Error(`transfer ${transferNumber} reuses its key`);
    this.requested = transferNumber;
    this.set({ ...body, transferNumber, sagaNumber, status: 'pending', reasons: [] });
  }

  /** Counts the posting of a transfer into what the house holds. */
  post(transferNumber: number): void {
    const transfer = this.known(transferNumber);
    const before = this.broughtInMinor.get(transfer.asset) ?? 0n;
    const change = transfer.deposit ? transfer.amountMinor : -transfer.amountMinor;
    this.broughtInMinor.set(transfer.asset, before + change);
  }

  /** Notes that the transfer was undone, and why. */
  refuse(transferNumber: number, reasons: readonly Reason[]): void {
    this.set({ ...this.known(transferNumber), status: 'refused', reasons });
  }

  /** Notes that the transfer's saga has ended: completed unless it was refused before. The oldest beyond the limit go. */
  finish(transferNumber: number): void {
    const transfer = this.known(transferNumber);
    if (transfer.status === 'pending') this.set({ ...transfer, status: 'completed' });
    this.finished.add(transferNumber);
    for (const oldest of this.finished) {
      if (this.finished.size <= this.finishedMax) return;
      this.forget(oldest);
    }
  }

  /** All remembered transfers in ascending order of number. */
  all(): readonly Transfer[] {
    return [...this.byNumber.values()].sort((a, b) => a.transferNumber - b.transferNumber);
  }

  /** Canonical form for a snapshot. */
  snapshot(): Plain {
    return {
      requested: this.requested,
      forgotten: this.forgotten,
      broughtIn: [...this.broughtInMinor].sort(([a], [b]) => (a < b ? -1 : 1)),
      finished: [...this.finished],
      transfers: this.all().map((transfer) => ({ ...transfer })) as unknown as Plain[],
    };
  }

  /** Rebuilds the transfers from `snapshot`. */
  static restore(plain: Plain, finishedMax?: number): Transfers {
    const from = plain as unknown as {
      requested: number;
      forgotten: number;
      broughtIn: [string, bigint][];
      finished: number[];
      transfers: Transfer[];
    };
    const restored = new Transfers(finishedMax);
    restored.requested = from.requested;
    restored.forgotten = from.forgotten;
    for (const [asset, minor] of from.broughtIn) restored.broughtInMinor.set(asset, minor);
    for (const number of from.finished) restored.finished.add(number);
    for (const transfer of from.transfers) restored.set({ ...transfer });
    return restored;
  }

  private known(transferNumber: number): Transfer {
    const transfer = this.byNumber.get(transferNumber);
    if (!transfer) throw new Error(`transfer ${transferNumber} is unknown`);
    return transfer;
  }

  private set(transfer: Transfer): void {
    this.byNumber.set(transfer.transferNumber, transfer);
    childMap(this.byAccount, transfer.account).set(transfer.requestId, transfer);
  }

  private forget(transferNumber: number): void {
    const transfer = this.known(transferNumber);
    this.byNumber.delete(transferNumber);
    this.finished.delete(transferNumber);
    this.forgotten += 1;
    const byRequest = this.byAccount.get(transfer.account);
    byRequest?.delete(transfer.requestId);
    if (byRequest?.size === 0) this.byAccount.delete(transfer.account);
  }
}

/** Returns the body of what carries one, and nothing else. */
export function transferBody(from: TransferBody): TransferBody {
  const { deposit, account, requestId, asset, amountMinor, bankReference } = from;
  return { deposit, account, requestId, asset, amountMinor, bankReference };
}

/** Tells whether a repeated request asks for exactly what the first one did. */
export function sameTransferBody(a: TransferBody, b: TransferBody): boolean {
  return (
    a.deposit === b.deposit &&
    a.account === b.account &&
    a.requestId === b.requestId &&
    a.asset === b.asset &&
    a.amountMinor === b.amountMinor &&
    a.bankReference === b.bankReference
  );
}
