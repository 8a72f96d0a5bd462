import { audit, saga } from '@clearway/contracts';
import type { Command } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { entrySearch } from '../line/entry-search';
import { LIMIT_OPTION, moreText, type Page, readPages } from '../line/paging';
import { type SagaKey, sagaKeyOf } from '../line/saga-id';
import { answer, sections } from '../output/answer';
import { reasonsText } from '../output/reason-text';
import { wireJsonField } from '../output/wire-json';
import { CallFailed } from '../stack/call-failed';
import { sagaCard, stepsTable, timelineTable } from '../views/saga.view';

/** `clearway saga ID` */
export const sagaCommand: Command = {
  path: ['saga'],
  summary: 'Show a saga: its steps while it lives, and its timeline from the audit log',
  positionals: [{ name: 'ID' }],
  options: { limit: LIMIT_OPTION },
  details: 'The ID is that of “clearway sagas”, for example trading/0#17.',
  async run(call) {
    const key = sagaKeyOf(call);
    const [live, timeline] = await Promise.all([liveSaga(call, key), timelineOf(call, key)]);
    if (live instanceof CallFailed && timeline.items.length === 0) throw live;
    const found = live instanceof CallFailed ? undefined : live.saga;
    return answer(
      () => ({
        live: found ? wireJsonField(saga.SagaServiceService.getSaga, { saga: found }, 'saga') : null,
        timeline: wireJsonField(
          audit.AuditServiceService.listEntries,
          { entries: [...timeline.items], nextPageToken: timeline.nextPageToken, position: undefined },
          'entries',
        ),
      }),
      (colours) =>
        sections(
          found ? sagaCard(found, Date.now() * 1_000, colours) : `${key.sagaId} has ended.`,
          found ? stepsTable(found, colours) : '',
          reasonsText(found?.reasons ?? [], colours),
          timeline.items.length > 0
            ? timelineTable(timeline.items, colours)
            : 'The audit log has nothing of it yet.',
          moreText(timeline),
        ),
    );
  },
};

/** The live saga, or the refusal that says that there is none (any more). */
async function liveSaga(
  call: CommandCall,
  { host, sagaId }: SagaKey,
): Promise<saga.GetSagaResponse | CallFailed> {
  try {
    return await call.stack.sagas(host).call('getSaga', { sagaId });
  } catch (error) {
    if (error instanceof CallFailed && error.error.reason === 'UNKNOWN_SAGA') return error;
    throw error;
  }
}

function timelineOf(call: CommandCall, { resource }: SagaKey): Promise<Page<audit.AuditEntry>> {
  return readPages(call, async (asked) => {
    const search = { ...entrySearch({ resource }), ...asked };
    const { entries, nextPageToken } = await call.stack.audit.call('listEntries', search);
    return { items: entries, nextPageToken };
  });
}
