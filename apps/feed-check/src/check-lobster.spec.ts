import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLobster, type LobsterCheck } from './check-lobster';

/** Rows of a window of two levels: `ask size bid size` per level, 0 0 for an empty one. */
async function check(rows: readonly (readonly [message: string, book: string])[]): Promise<LobsterCheck> {
  const dir = await mkdtemp(join(tmpdir(), 'feed-check-'));
  try {
    const file = join(dir, 'X_message_2.csv');
    await writeFile(file, rows.map(([message]) => `1.0,${message}`).join('\n'));
    await writeFile(
      join(dir, 'X_orderbook_2.csv'),
      rows.map(([, book]) => book.replaceAll(' ', ',')).join('\n'),
    );
    return await checkLobster(file);
  } finally {
    await rm(dir, { recursive: true });
  }
}

const seed = ['1,1,10,90,1', '101 5 90 10 102 5 89 4'] as const;

describe('the check of a LOBSTER sample', () => {
  it('follows adds, reductions, executions and deletes of named and unnamed orders', async () => {
    const result = await check([
      seed,
      ['1,2,7,101,-1', '101 12 90 10 102 5 89 4'],
      ['4,9,5,101,-1', '101 7 90 10 102 5 89 4'],
      ['2,2,3,101,-1', '101 4 90 10 102 5 89 4'],
      ['5,0,9,95,1', '101 4 90 10 102 5 89 4'],
      ['3,2,4,101,-1', '102 5 90 10 103 8 89 4'],
      ['7,0,0,-1,-1', '102 5 90 10 103 8 89 4'],
    ]);
    expect(result).toMatchObject({ rows: 7, equalRows: 7, unnamed: 1, adopted: 5, forgotten: 0, faults: [] });
  });

  it('forgets a level that leaves the window and adopts it again as the row has it', async () => {
    const result = await check([
      seed,
      ['1,2,1,100,-1', '100 1 90 10 101 5 89 4'],
      ['3,2,1,100,-1', '101 5 90 10 102 77 89 4'],
    ]);
    expect(result).toMatchObject({ rows: 3, equalRows: 3, forgotten: 1 });
  });

  it.each([
    [
      'a size that the messages do not explain',
      ['1,2,7,101,-1', '101 13 90 10 102 5 89 4'],
      'SELL is 12@101',
    ],
    ['a level within the window from nowhere', ['1,2,7,101,-1', '101 12 91 1 102 5 90 10'], 'BUY is 10@90'],
    ['more shares than are there', ['4,9,6,101,-1', '101 5 90 10 102 5 89 4'], 'only 5 shares'],
    ['a level that should have gone', ['4,9,5,101,-1', '101 5 90 10 102 5 89 4'], 'SELL is 5@102'],
  ] as const)('sees %s', async (_, row, fault) => {
    const { equalRows, faults } = await check([seed, row]);
    expect(equalRows).toBe(1);
    expect(faults.join()).toContain(`row 2: ${fault}`);
  });

  it('sees ids that come twice and orders that move', async () => {
    const { faults } = await check([
      seed,
      ['1,2,7,101,-1', '101 12 90 10 102 5 89 4'],
      ['1,2,1,101,-1', '101 13 90 10 102 5 89 4'],
      ['3,2,7,102,-1', '101 12 90 10 89 4 0 0'],
    ]);
    expect(faults).toContain('row 3: order 2 is added twice');
    expect(faults).toContain('row 4: order 2 does not rest at 102');
  });
});
