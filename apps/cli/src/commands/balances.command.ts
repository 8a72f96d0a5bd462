import { clearing } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer, sections } from '../output/answer';
import { momentText } from '../output/moments';
import { type Column, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';

const COLUMNS: readonly Column[] = [{ title: 'ASSET' }, { title: 'SETTLED', align: 'right' }];

/** `clearway balances ACCOUNT [--as-of TIME]` */
export const balancesCommand: Command = {
  path: ['balances'],
  summary: "Show an account's settled balances, now or at any moment in the past",
  positionals: [{ name: 'ACCOUNT', suggests: 'account' }],
  options: { 'as-of': { value: 'TIME', summary: '2026-01-31T10:00Z, or 15m, 2h, 7d for that long ago' } },
  async run(call) {
    const account = call.word('ACCOUNT');
    const asOfMicros = call.moment('as-of');
    const found = await call.stack.clearing.call('getBalances', { account, asOfMicros });
    const rows = found.balances.map(({ asset, amount }) => [asset, amount]);
    const when = asOfMicros === 0 ? '' : ` as of ${momentText(asOfMicros)}`;
    return answer(
      () => wireJson(clearing.ClearingServiceService.getBalances, found),
      (colours) =>
        sections(
          rows.length === 0 ? `${account} has no balances${when}.` : renderTable(COLUMNS, rows, colours),
          when !== '' && rows.length > 0 ? `Balances${when}.` : '',
          found.frozen ? colours.red('The account is frozen.') : '',
        ),
    );
  },
};
