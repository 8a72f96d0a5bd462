import type { clearing } from '@clearway/contracts';
import { requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import { toWireTransfer } from '../codec/transfer.codec';
import { requestTransfer, type TransferPorts, transferBodyOf } from './request-transfer';

/** Withdraw: holds at risk, posts out and settles the hold. A refusal is an OK answer with status REFUSED and the reasons. */
export function withdrawRpc(
  ports: TransferPorts,
): UnaryHandler<clearing.WithdrawRequest, clearing.WithdrawResponse> {
  return async (request, call) => {
    requireOwnAccount(call.caller, request.account);
    const body = transferBodyOf(request, false, ports.assets);
    const { transfer, duplicate } = await requestTransfer(ports, body, call);
    return { transfer: toWireTransfer(transfer, ports.shard.shardId, ports.assets), duplicate };
  };
}
