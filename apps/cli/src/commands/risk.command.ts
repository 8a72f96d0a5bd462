import { risk } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer, sections } from '../output/answer';
import { type Column, painted, renderPairs, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';

const COLUMNS: readonly Column[] = [
  { title: 'ASSET' },
  { title: 'TOTAL', align: 'right' },
  { title: 'HELD', align: 'right' },
  { title: 'AVAILABLE', align: 'right' },
];

/** `clearway risk ACCOUNT` */
export const riskCommand: Command = {
  path: ['risk'],
  summary: 'Show what an account may use: totals, holds, restrictions',
  positionals: [{ name: 'ACCOUNT', suggests: 'account' }],
  async run(call) {
    const found = await call.stack.risk.call('getAccountRisk', { account: call.word('ACCOUNT') });
    const rows = found.funds.map(({ asset, total, held, available }) => [asset, total, held, available]);
    return answer(
      () => wireJson(risk.RiskServiceService.getAccountRisk, found),
      (colours) =>
        sections(
          renderPairs(
            [
              ['account', painted(found.account, 'bold')],
              ['open holds', found.openHolds],
              ['frozen', painted(found.frozen ? 'yes' : 'no', found.frozen ? 'red' : undefined)],
              [
                'blacklisted',
                painted(found.blacklisted ? 'yes' : 'no', found.blacklisted ? 'red' : undefined),
              ],
            ],
            colours,
          ),
          rows.length === 0 ? '' : renderTable(COLUMNS, rows, colours),
        ),
    );
  },
};
