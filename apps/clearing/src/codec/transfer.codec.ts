import { clearing } from '@clearway/contracts';
import type { Transfer, TransferStatus } from '@clearway/domain-clearing';
import { type AssetCatalogue, formatDecimal } from '@clearway/kernel';
import { toWireReasons } from '@clearway/platform-rpc';

const STATUSES: Readonly<Record<TransferStatus, clearing.TransferStatus>> = {
  pending: clearing.TransferStatus.TRANSFER_STATUS_PENDING,
  completed: clearing.TransferStatus.TRANSFER_STATUS_COMPLETED,
  refused: clearing.TransferStatus.TRANSFER_STATUS_REFUSED,
};

/** A transfer as callers see it. Its id names the shard, because numbers repeat across shards. */
export function toWireTransfer(
  transfer: Transfer,
  shardId: string,
  assets: AssetCatalogue,
): clearing.Transfer {
  const { account, requestId, asset, deposit } = transfer;
  return {
    transferId: `${shardId}#${transfer.transferNumber}`,
    account,
    requestId,
    asset,
    amount: formatDecimal(transfer.amountMinor, decimalsOf(assets, asset)),
    deposit,
    status: STATUSES[transfer.status],
    reasons: toWireReasons(transfer.reasons),
  };
}

/** Decimals of an asset that the ledger already knows. Throws when the catalogue lost it: amounts would be misread. */
export function decimalsOf(assets: AssetCatalogue, asset: string): number {
  const decimals = assets.get(asset);
  if (decimals === undefined) throw new Error(`the catalogue lacks ${asset}, which the ledger holds`);
  return decimals;
}
