import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTrades } from './check-trades';
import { feedKindOf } from './feed-kind';

describe('the check of trades', () => {
  it('adds up exactly and counts rows that go back', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'feed-check-'));
    const file = join(dir, 'trades.csv');
    await writeFile(
      file,
      'id,time,price,qty,side\n1,10,0.1,3,buy\n2,11,0.2,1,sell\n2,10.5,1000000000000,0.000001,\n',
    );
    expect(await checkTrades(file)).toEqual({
      trades: 3,
      quantity: '4.000001',
      turnover: '1000000.5',
      buys: 1,
      sells: 1,
      idsOutOfOrder: 1,
      timesOutOfOrder: 1,
    });
    await rm(dir, { recursive: true });
  });
});

describe('a file’s name', () => {
  it.each([
    ['day.zip', 'lobster'],
    ['a/AMZN_2012-06-21_34200000_57600000_message_5.csv', 'lobster'],
    ['trades.csv', 'trades'],
    ['BTCUSDT.csv.gz', 'trades'],
    ['01302020.NASDAQ_ITCH50.gz', 'itch'],
    ['x.itch', 'itch'],
    ['itch/readme.txt', undefined],
  ])('%s says %s', (name, kind) => expect(feedKindOf(name)).toBe(kind));
});
