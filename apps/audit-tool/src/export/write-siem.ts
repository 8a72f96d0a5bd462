import type { audit } from '@clearway/contracts';
import type { AuditClient } from '../stack';
import { type SiemFormat, siemLine } from './siem-lines';

/** What entries are wanted: the keys of ListEntries, without its pages. */
export type SiemSearch = Omit<audit.ListEntriesRequest, 'pageSize' | 'pageToken'>;

const PAGE_ENTRIES = 500;

/** Writes every entry that is found, one a line, and tells how many there were. */
export async function writeSiem(
  client: Pick<AuditClient, 'call'>,
  format: SiemFormat,
  search: SiemSearch,
  write: (text: string) => Promise<void>,
): Promise<number> {
  let written = 0;
  let pageToken = '';
  do {
    const page = await client.call('listEntries', { ...search, pageSize: PAGE_ENTRIES, pageToken });
    await write(page.entries.map((entry) => `${siemLine(format, entry)}\n`).join(''));
    written += page.entries.length;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return written;
}
