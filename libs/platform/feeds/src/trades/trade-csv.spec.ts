import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TradeRow } from './trade-columns';
import { readTradeCsv } from './trade-csv';

describe('a CSV of trades', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'feeds-trades-'));
  });
  afterEach(async () => rm(dir, { recursive: true, force: true }));

  async function read(name: string, content: string | Buffer): Promise<TradeRow[]> {
    await writeFile(join(dir, name), content);
    const trades: TradeRow[] = [];
    expect(await readTradeCsv(join(dir, name), (trade) => trades.push(trade))).toBe(trades.length);
    return trades;
  }

  it('is read by the names of its columns, with decimals as text', async () => {
    expect(
      await read(
        'a.csv',
        'trade_id,Price,qty,time,is_buyer_maker\r\n7,0.10,3,1,True\r\n8,0.30,1.5,2,false\r\n',
      ),
    ).toEqual([
      { row: 0, id: '7', time: '1', price: '0.10', quantity: '3', aggressor: 'SELL' },
      { row: 1, id: '8', time: '2', price: '0.30', quantity: '1.5', aggressor: 'BUY' },
    ]);
  });

  it('is unpacked, and may say the side in its own words or not at all', async () => {
    const text = '"timestamp","side","size","px"\n5,Sell,2,100\n6,b,1,101\n7,,1,101\n';
    const trades = await read('a.csv.gz', gzipSync(text));
    expect(trades.map(({ id, aggressor }) => [id, aggressor])).toEqual([
      [undefined, 'SELL'],
      [undefined, 'BUY'],
      [undefined, undefined],
    ]);
  });

  it('is refused when it is not there or not packed', async () => {
    await expect(readTradeCsv(join(dir, 'none.csv.gz'), () => undefined)).rejects.toThrow('ENOENT');
    await expect(read('b.csv.gz', 'time,price,size\n')).rejects.toThrow('incorrect header check');
  });

  it.each([
    ['', 'is empty'],
    ['time,price\n', 'names no quantity'],
    ['time,price,size\n1,2\n', 'trade 1 has 2 columns'],
    ['time,price,size\n1,2,3\n1,1e5,3\n', 'trade 2: the price "1e5"'],
    ['time,price,size\n1,2,0.00\n', 'trade 1: the quantity "0.00"'],
  ])('is refused: %j', async (content, problem) => {
    await expect(read('a.csv', content)).rejects.toThrow(problem);
  });
});
