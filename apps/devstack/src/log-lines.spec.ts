import { createColors } from 'picocolors';
import { humanLines, timeOfDay } from './log-lines';

const plain = createColors(false);
const AT = new Date(2026, 0, 2, 3, 4, 5, 6);

function shown(record: object): readonly string[] {
  return humanLines(
    JSON.stringify({ time: AT.toISOString(), level: 'info', service: 'risk', ...record }),
    plain,
  );
}

describe('humanLines', () => {
  it('shows time, level, message and fields', () => {
    expect(shown({ msg: 'ready', port: 7002, shard: 'risk/0', trace_id: 'x' })).toEqual([
      '03:04:05.006 info  ready port=7002 shard=risk/0',
    ]);
  });

  it('understands levels as numbers and times in milliseconds', () => {
    expect(shown({ time: AT.getTime(), level: 50, msg: 'no' })).toEqual(['03:04:05.006 error no']);
  });

  it.each(['plain text', '{"no": "level"}', '{broken', '', '[1]'])('leaves %j as it is', (line) =>
    expect(humanLines(line, plain)).toEqual([line]),
  );

  it('cuts long fields and many fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at}`, at]));
    expect(shown({ msg: 'm', ...fields })[0]).toMatch(/f7=7 \+4 more$/);
    expect(shown({ msg: 'm', long: 'x'.repeat(500) })[0]?.length).toBeLessThan(200);
    expect(shown({ msg: 'x'.repeat(5_000) })[0]?.length).toBeLessThan(500);
  });

  it('quotes a value with blanks and keeps control characters from the terminal', () => {
    expect(shown({ msg: 'a\u001b[2Jb\nc', note: 'two words' })).toEqual([
      '03:04:05.006 info  a [2Jb c note="two words"',
    ]);
  });

  it("shows an error's message, and its stack when it is serious", () => {
    const err = { type: 'Error', message: 'lost', stack: 'Error: lost\n    at a (b.ts:1)\n    at c' };
    expect(shown({ msg: 'm', err })).toEqual(['03:04:05.006 info  m err=lost']);
    expect(shown({ level: 'fatal', msg: 'm', err })).toEqual([
      '03:04:05.006 fatal m err=lost',
      '    at a (b.ts:1)',
      '    at c',
    ]);
  });

  it('colours the level', () => {
    expect(humanLines('{"level":"warn","msg":"m"}', createColors(true))[0]).toContain('\u001b[33mwarn');
  });
});

describe('timeOfDay', () => {
  it('pads', () => expect(timeOfDay(AT)).toBe('03:04:05.006'));
});
