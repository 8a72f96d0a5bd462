import { clearing } from '@clearway/contracts';
import type { Command } from '../line/command';
import { LIMIT_OPTION, moreText, readPages } from '../line/paging';
import { answer, sections } from '../output/answer';
import { enumName } from '../output/enum-name';
import { momentText } from '../output/moments';
import { type Cell, type Column, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';

const COLUMNS: readonly Column[] = [
  { title: 'ENTRY', align: 'right' },
  { title: 'AT (UTC)' },
  { title: 'KIND' },
  { title: 'REFERENCE' },
  { title: 'ASSET' },
  { title: 'SIDE' },
  { title: 'AMOUNT', align: 'right' },
  { title: 'BALANCE', align: 'right' },
];

/** `clearway statement ACCOUNT` */
export const statementCommand: Command = {
  path: ['statement'],
  summary: "List an account's postings, oldest first, each with the balance after it",
  positionals: [{ name: 'ACCOUNT', suggests: 'account' }],
  options: { asset: { value: 'ASSET', summary: 'only of this asset' }, limit: LIMIT_OPTION },
  async run(call) {
    const account = call.word('ACCOUNT');
    const asset = call.text('asset');
    const page = await readPages(call, async (asked) => {
      const found = await call.stack.clearing.call('listPostings', { account, asset, ...asked });
      return { items: found.postings, nextPageToken: found.nextPageToken };
    });
    const postings = [...page.items];
    const { nextPageToken } = page;
    return answer(
      () => wireJson(clearing.ClearingServiceService.listPostings, { postings, nextPageToken }),
      (colours) =>
        postings.length === 0
          ? `${account} has no postings.`
          : sections(renderTable(COLUMNS, postings.map(rowOf), colours), moreText(page)),
    );
  },
};

function rowOf(posting: clearing.Posting): Cell[] {
  return [
    posting.entryNumber,
    momentText(posting.atMicros),
    posting.kind,
    posting.reference,
    posting.asset,
    enumName(clearing.PostingSide, posting.side, 'POSTING_SIDE_').toLowerCase(),
    posting.amount,
    posting.balance,
  ];
}
