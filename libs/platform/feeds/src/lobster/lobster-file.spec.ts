import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedZip } from '../fixtures/stored-zip';
import { readLobsterSample } from './lobster-file';

const MESSAGES = '1.0,1,11,100,1000000,1\r\n1.1,4,11,40,1000000,1\r\n1.2,5,0,10,1000200,-1\r\n';
const BOOKS = ['1000100,5,1000000,100', '1000100,5,1000000,60', '9999999999,0,1000000,60'].join('\n');

describe('readLobsterSample', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'feeds-sample-'));
  });
  afterEach(async () => rm(dir, { recursive: true, force: true }));

  async function write(name: string, content: string | Buffer): Promise<string> {
    await writeFile(join(dir, name), content);
    return join(dir, name);
  }

  it('reads both files of a zip', async () => {
    const zip = storedZip({
      'AMZN_orderbook_1.csv': BOOKS,
      'AMZN_message_1.csv': MESSAGES,
      'ReadMe.txt': 'not a row',
    });
    const { messages, books } = await readLobsterSample(await write('day.zip', zip));
    expect(messages).toEqual([
      { row: 0, time: '1.0', event: 'add', orderId: 11, size: 100, price: 1_000_000, side: 'BUY' },
      { row: 1, time: '1.1', event: 'execute', orderId: 11, size: 40, price: 1_000_000, side: 'BUY' },
      { row: 2, time: '1.2', event: 'execute-hidden', orderId: 0, size: 10, price: 1_000_200, side: 'SELL' },
    ]);
    expect(books?.levels(1, 'BUY')).toEqual([{ priceTicks: 10_000, lots: 60 }]);
    expect(books?.levels(1, 'SELL')).toEqual([{ priceTicks: 10_001, lots: 5 }]);
    expect(books?.levels(2, 'SELL')).toEqual([]);
  });

  it('reads a message csv with the order book csv beside it', async () => {
    await write('AMZN_orderbook_1.csv', BOOKS);
    const { messages, books } = await readLobsterSample(await write('AMZN_message_1.csv', MESSAGES), 2);
    expect([messages.length, books?.rowCount]).toEqual([2, 2]);
  });

  it('reads a message csv alone', async () => {
    const { messages, books } = await readLobsterSample(await write('AMZN_message_1.csv', MESSAGES));
    expect([messages.length, books]).toEqual([3, undefined]);
  });

  it.each([
    ['AMZN_message_1.csv', 'hello', 'row 1 is not a LOBSTER message: hello'],
    ['AMZN_message_1.csv', '1.0,9,11,100,1000000,1', 'row 1 is not a LOBSTER message'],
    ['AMZN_message_1.csv', '', 'has no messages'],
    ['day.zip', storedZip({ 'notes.txt': 'nothing' }), 'holds no message file'],
    [
      'day.zip',
      storedZip({ 'A_message_1.csv': MESSAGES, 'A_orderbook_1.csv': '1,2,3,4' }),
      'message 2 has no row of the book',
    ],
    [
      'day.zip',
      storedZip({ 'A_message_1.csv': MESSAGES, 'A_orderbook_1.csv': '1,2,3' }),
      '3 columns are no order book',
    ],
  ])('refuses %s: %#', async (name, content, problem) => {
    const file = await write(name, content);
    await expect(readLobsterSample(file)).rejects.toThrow(problem);
  });

  it('says when there is no such file', async () => {
    await expect(readLobsterSample(join(dir, 'none.zip'))).rejects.toThrow(
      `there is no file ${dir}/none.zip`,
    );
  });
});
