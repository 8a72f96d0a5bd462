import type { clearing } from '@clearway/contracts';
import { sameTransferBody, type Transfer, type TransferBody } from '@clearway/domain-clearing';
import type { AssetCatalogue } from '@clearway/kernel';
import { CALLER_KEY, type CallContext, fields, RpcError } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';

/** A transfer is answered as PENDING when its saga has not ended after this time. */
export const TRANSFER_WAIT_MS = 5_000;
/** Left of the caller's deadline for the way back. */
const ANSWER_RESERVE_MS = 100;
const BANK_REFERENCE = { charsMax: 140 };
const ASSET = { charsMax: 20 };

/** What Deposit, Withdraw and GetTransfer need. */
export interface TransferPorts {
  readonly shard: ClearingShard;
  readonly assets: AssetCatalogue;
  /** Resolves when the saga has ended, or after the time given. */
  whenEnded(sagaNumber: number, timeoutMs: number): Promise<unknown>;
  /** Finds a transfer that the machine no longer remembers, in the read model. */
  findForgotten(account: string, requestId: string): Promise<Transfer | undefined>;
}

/** A transfer and whether it was asked for before. */
export interface RequestedTransfer {
  readonly transfer: Transfer;
  readonly duplicate: boolean;
}

/** Checks the shape of a request. Throws FIELD_INVALID with every violation, or UNKNOWN_ASSET. */
export function transferBodyOf(
  request: clearing.DepositRequest | clearing.WithdrawRequest,
  deposit: boolean,
  assets: AssetCatalogue,
): TransferBody {
  const { account, requestId, asset, bankReference } = request;
  const check = fields();
  check.text('asset', asset, ASSET);
  check.done();
  const decimals = assets.get(asset);
  if (decimals === undefined) throw new RpcError('UNKNOWN_ASSET', undefined, { asset });
  check.accountId('account', account);
  check.text('request_id', requestId, CALLER_KEY);
  check.optionalText('bank_reference', bankReference, BANK_REFERENCE);
  const amountMinor = check.decimal('amount', request.amount, { decimals });
  check.done();
  return { deposit, account, requestId, asset, amountMinor, bankReference };
}

/** Asks for a transfer and waits a while for its saga to end. The same key and body give the first transfer again. */
export async function requestTransfer(
  ports: TransferPorts,
  body: TransferBody,
  call: CallContext,
): Promise<RequestedTransfer> {
  const { shard } = ports;
  const forgotten = await findForgottenIfAny(ports, body);
  if (forgotten) return repeated(forgotten, body);
  const outcome = await shard.submit({ kind: 'RequestTransfer', ...body }, call);
  if (outcome.kind === 'request-id-reused') throw reused(body);
  if (outcome.kind !== 'transfer') throw new Error(`a transfer was answered with ${outcome.kind}`);
  const { transfer, duplicate } = outcome;
  if (transfer.status !== 'pending') return { transfer, duplicate };
  await ports.whenEnded(transfer.sagaNumber, waitMs(call));
  const newest = await shard.read(({ transfers }) => transfers.get(transfer.transferNumber));
  return { transfer: newest ?? transfer, duplicate };
}

/** Finds a transfer by its key, in memory first and then among the forgotten ones. */
export async function findTransfer(
  ports: Pick<TransferPorts, 'shard' | 'findForgotten'>,
  account: string,
  requestId: string,
): Promise<Transfer | undefined> {
  const { known, forgottenCount } = await ports.shard.read(({ transfers }) => ({
    known: transfers.find(account, requestId),
    forgottenCount: transfers.forgottenCount,
  }));
  if (known || forgottenCount === 0) return known;
  return ports.findForgotten(account, requestId);
}

/** Only a key that is not in memory while older ones are forgotten needs the read model. */
async function findForgottenIfAny(ports: TransferPorts, body: TransferBody): Promise<Transfer | undefined> {
  const { account, requestId } = body;
  const mayBeForgotten = await ports.shard.read(
    ({ transfers }) => transfers.forgottenCount > 0 && !transfers.find(account, requestId),
  );
  return mayBeForgotten ? ports.findForgotten(account, requestId) : undefined;
}

function repeated(transfer: Transfer, body: TransferBody): RequestedTransfer {
  if (!sameTransferBody(transfer, body)) throw reused(body);
  return { transfer, duplicate: true };
}

function reused({ account, requestId }: TransferBody): RpcError {
  return new RpcError('REQUEST_ID_REUSED', undefined, { account, request_id: requestId });
}

function waitMs({ deadlineMicros }: CallContext): number {
  if (deadlineMicros === undefined) return TRANSFER_WAIT_MS;
  const leftMs = deadlineMicros / 1_000 - Date.now() - ANSWER_RESERVE_MS;
  return Math.max(0, Math.min(TRANSFER_WAIT_MS, leftMs));
}
