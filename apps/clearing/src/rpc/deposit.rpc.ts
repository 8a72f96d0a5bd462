import type { clearing } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import { toWireTransfer } from '../codec/transfer.codec';
import { requestTransfer, type TransferPorts, transferBodyOf } from './request-transfer';

/** Deposit: credits an account with what arrived at the bank. Answers when the saga has ended, or PENDING after 5 s. */
export function depositRpc(
  ports: TransferPorts,
): UnaryHandler<clearing.DepositRequest, clearing.DepositResponse> {
  return async (request, call) => {
    const body = transferBodyOf(request, true, ports.assets);
    const { transfer, duplicate } = await requestTransfer(ports, body, call);
    return { transfer: toWireTransfer(transfer, ports.shard.shardId, ports.assets), duplicate };
  };
}
