import { audit } from '@clearway/contracts';
import type { Command } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { type EntrySearch, entrySearch } from '../line/entry-search';
import { LIMIT_OPTION, moreText, readPages } from '../line/paging';
import { answer, sections } from '../output/answer';
import { momentText } from '../output/moments';
import { type Cell, type Column, painted, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';
import { actorText } from '../views/saga.view';

const COLUMNS: readonly Column[] = [
  { title: 'LEAF', align: 'right' },
  { title: 'AT (UTC)' },
  { title: 'ACTION' },
  { title: 'RESULT' },
  { title: 'RESOURCE' },
  { title: 'ACCOUNT' },
  { title: 'BY' },
  { title: 'SHARD' },
];

const RESULT_PAINT: Readonly<Record<string, 'green' | 'red' | 'dim'>> = {
  ACCEPTED: 'green',
  REFUSED: 'red',
  RECORDED: 'dim',
};

/** `clearway audit search` */
export const auditSearchCommand: Command = {
  path: ['audit', 'search'],
  summary: 'Search the audit log, oldest first; every key given must match',
  options: {
    account: { value: 'ACCOUNT', summary: 'the account that the event names', suggests: 'account' },
    actor: {
      value: 'WHO',
      summary: 'who caused it: operator/admin, participant/alice, or the whole SPIFFE id',
    },
    order: { value: 'ORDER', summary: 'everything about an order, by its id: trading/0:17' },
    participant: { value: 'NAME', summary: 'everything of a participant', suggests: 'participant' },
    shard: { value: 'SHARD', summary: 'the journal it stands in, for example risk/0' },
    resource: {
      value: 'WHAT',
      summary: 'for example order/trading/0:17, trade/…, saga/…, transfer/…, account/…',
    },
    action: { value: 'EVENT', summary: 'name of the event, for example OrderAccepted' },
    trace: { value: 'TRACE_ID', summary: 'trace id' },
    from: { value: 'TIME', summary: '2026-01-31T10:00Z, or 15m, 2h, 7d for that long ago' },
    to: { value: 'TIME', summary: 'likewise; not included' },
    limit: LIMIT_OPTION,
  },
  async run(call) {
    const search = searchOf(call);
    const page = await readPages(call, async (asked) => {
      const found = await call.stack.audit.call('listEntries', { ...search, ...asked });
      return { items: found.entries, nextPageToken: found.nextPageToken };
    });
    const entries = [...page.items];
    const { nextPageToken } = page;
    return answer(
      () => wireJson(audit.AuditServiceService.listEntries, { entries, nextPageToken, position: undefined }),
      (colours) =>
        entries.length === 0
          ? 'The audit log has no such entries.'
          : sections(renderTable(COLUMNS, entries.map(rowOf), colours), moreText(page)),
    );
  },
};

function searchOf(call: CommandCall): EntrySearch {
  const actor = call.text('actor');
  return entrySearch({
    account: call.text('account'),
    actor: actor === '' || actor.includes('://') ? actor : `spiffe://clearway/${actor}`,
    resource: call.text('resource'),
    action: call.text('action'),
    traceId: call.text('trace'),
    fromMicros: call.moment('from'),
    toMicros: call.moment('to'),
    order: call.text('order'),
    participant: call.text('participant'),
    shard: call.text('shard'),
  });
}

function rowOf(entry: audit.AuditEntry): Cell[] {
  return [
    entry.leafIndex,
    momentText(entry.atMicros),
    painted(entry.action, 'bold'),
    painted(entry.result, RESULT_PAINT[entry.result]),
    entry.resource,
    entry.account,
    actorText(entry.actor),
    entry.shard,
  ];
}
