import type { clearing } from '@clearway/contracts';
import { CALLER_KEY, fields, RpcError, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import { toWireTransfer } from '../codec/transfer.codec';
import { findTransfer, type TransferPorts } from './request-transfer';

/** GetTransfer: a deposit or withdrawal by its key, however old. */
export function getTransferRpc(
  ports: TransferPorts,
): UnaryHandler<clearing.GetTransferRequest, clearing.GetTransferResponse> {
  return async ({ account, requestId }, call) => {
    requireOwnAccount(call.caller, account);
    const check = fields();
    check.accountId('account', account);
    check.text('request_id', requestId, CALLER_KEY);
    check.done();
    const transfer = await findTransfer(ports, account, requestId);
    if (!transfer) throw new RpcError('UNKNOWN_TRANSFER', undefined, { account, request_id: requestId });
    return { transfer: toWireTransfer(transfer, ports.shard.shardId, ports.assets) };
  };
}
