import { compare, comparisonText, parseReport } from './rebuild-comparison';

const hash = 'a'.repeat(64);
const rebuilt = {
  shard: 'risk/0',
  nextEvent: 9,
  stateHash: hash,
  seconds: 0.5,
  readModels: [{ name: 'risk', nextEvent: 8, tables: [{ table: 'holds', rows: 3, missing: 0, surplus: 0 }] }],
};

it('is equal when hash and rows are', () => {
  const comparison = compare(
    { nextEvent: 9, stateHash: hash },
    parseReport(`noise\n${JSON.stringify(rebuilt)}\n`),
  );
  expect(comparison.differences).toEqual([]);
  expect(comparisonText(comparison)).toContain('EQUAL');
});

it('says what differs', () => {
  const readModels = [
    { ...rebuilt.readModels[0]!, tables: [{ table: 'holds', rows: 3, missing: 1, surplus: 2 }] },
  ];
  const comparison = compare({ nextEvent: 9, stateHash: 'b'.repeat(64) }, { ...rebuilt, readModels });
  expect(comparison.differences).toEqual([
    `state: rebuilt ${hash}, live ${'b'.repeat(64)}`,
    'read model risk, holds: 1 rows missing, 2 too many',
  ]);
  expect(compare({ nextEvent: 10, stateHash: hash }, rebuilt).differences).toHaveLength(1);
  expect(() => parseReport('{"shard":"x"}')).toThrow();
});
