import { stripVTControlCharacters } from 'node:util';
import { coloursOf } from './colours';
import { painted, renderLine, renderPairs, renderTable } from './table';

const PLAIN = coloursOf(false);
const COLOURED = coloursOf(true);
const COLUMNS = [{ title: 'NAME' }, { title: 'QTY', align: 'right' as const }, { title: 'NOTE' }];

describe('renderTable', () => {
  it('aligns texts left and figures right, under their titles, without trailing blanks', () => {
    const rows = [
      ['alice.main', 5, ''],
      [painted('bob', 'bold'), '12345', 'a note'],
    ];
    expect(`\n${renderTable(COLUMNS, rows, PLAIN)}\n`).toMatchInlineSnapshot(`
"
NAME          QTY  NOTE
alice.main      5
bob         12345  a note
"
`);
  });

  it('paints after it has aligned', () => {
    const plain = renderTable(COLUMNS, [[painted('bob', 'green'), 1, 'x']], PLAIN);
    const coloured = renderTable(COLUMNS, [[painted('bob', 'green'), 1, 'x']], COLOURED);
    expect(coloured).toContain('\u001b[32mbob\u001b[39m');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('lets nothing that a service sent reach the terminal as a control character', () => {
    const text = renderTable(COLUMNS, [['a\u001b[2Jb\r\nc', 1, '']], PLAIN);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('a [2Jb c');
  });
});

describe('renderLine', () => {
  it('keeps the minimal widths, and lets a longer text push the rest', () => {
    const columns = [
      { title: 'A', widthMin: 4 },
      { title: 'B', widthMin: 4, align: 'right' as const },
      { title: 'C' },
    ];
    expect(renderLine(columns, ['x', 'y', 'z'], PLAIN)).toBe('x        y  z');
    expect(renderLine(columns, ['long-text', 'y', 'z'], PLAIN)).toBe('long-text     y  z');
  });
});

describe('renderPairs', () => {
  it('aligns what belongs to the names and leaves out what is empty', () => {
    const text = renderPairs(
      [
        ['a', '1'],
        ['nothing', ''],
        ['longer', 2],
      ],
      PLAIN,
    );
    expect(text).toBe('a       1\nlonger  2');
  });
});
