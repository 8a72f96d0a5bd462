import type { clearing } from '@clearway/contracts';
import { type AssetCatalogue, formatDecimal } from '@clearway/kernel';
import { fields, RpcError, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';
import { toWirePostingSide } from '../codec/posting.codec';
import { decimalsOf } from '../codec/transfer.codec';
import type { LedgerQueries, StatementCursor, StatementLine } from '../projections/ledger-queries';
import { READ_MODEL } from '../projections/read-model';

/** What ListPostings needs. */
export interface StatementPorts {
  readonly shard: ClearingShard;
  readonly assets: AssetCatalogue;
  readonly queries: Pick<LedgerQueries, 'statement'>;
}

const ASSET = { charsMax: 20 };
const TOKEN = /^(0|[1-9][0-9]{0,15})\.(0|[1-9][0-9]{0,2})$/;

/** ListPostings: the account's statement, oldest first, with everything in it that was durable when it was asked for. */
export function listPostingsRpc(
  ports: StatementPorts,
): UnaryHandler<clearing.ListPostingsRequest, clearing.ListPostingsResponse> {
  return async ({ account, asset, pageSize, pageToken }, call) => {
    requireOwnAccount(call.caller, account);
    const check = fields();
    check.accountId('account', account);
    check.optionalText('asset', asset, ASSET);
    check.done();
    if (asset !== '' && !ports.assets.has(asset)) throw new RpcError('UNKNOWN_ASSET', undefined, { asset });
    const linesMax = check.pageSize(pageSize);
    const after = cursorOf(pageToken);
    await ports.shard.caughtUp(READ_MODEL);
    const lines = await ports.queries.statement({ account, asset, after, linesMax: linesMax + 1 });
    const page = lines.slice(0, linesMax);
    const last = page.at(-1);
    const nextPageToken = last && lines.length > linesMax ? `${last.entryNumber}.${last.line}` : '';
    return { postings: page.map((each) => toWire(each, ports.assets)), nextPageToken };
  };
}

function cursorOf(pageToken: string): StatementCursor {
  if (pageToken === '') return { entryNumber: 0, line: 0 };
  const [, entryNumber, line] = TOKEN.exec(pageToken) ?? [];
  if (entryNumber === undefined || line === undefined) throw new RpcError('INVALID_PAGE');
  return { entryNumber: Number(entryNumber), line: Number(line) };
}

function toWire(posting: StatementLine, assets: AssetCatalogue): clearing.Posting {
  const { entryNumber, atMicros, asset, kind, reference } = posting;
  const decimals = decimalsOf(assets, asset);
  return {
    entryNumber,
    atMicros,
    asset,
    side: toWirePostingSide(posting.side),
    amount: formatDecimal(posting.amountMinor, decimals),
    balance: formatDecimal(posting.balanceMinor, decimals),
    kind,
    reference,
  };
}
