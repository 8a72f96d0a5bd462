import { PassThrough } from 'node:stream';
import { eachLine } from './line-splitter';

function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  return new Promise((resolve) => {
    stream.on('end', () => resolve(lines));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
  });
}

describe('eachLine', () => {
  it('joins what chunks tear apart, also inside a character', async () => {
    const euro = Buffer.from('€');
    expect(await linesOf('a', 'b\nc', euro.subarray(0, 1), euro.subarray(1), '\r\n', 'last')).toEqual([
      'ab',
      'c€',
      'last',
    ]);
  });

  it('hands on a line that never ends in pieces', async () => {
    const lines = await linesOf('x'.repeat(60_000), 'x'.repeat(60_000), 'y');
    expect(lines.map(({ length }) => length)).toEqual([120_000, 1]);
  });
});
