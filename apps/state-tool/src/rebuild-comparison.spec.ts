import { compare, comparisonText, parseReport } from './rebuild-comparison';

const hash = 'a'.repeat(64);
const rebuilt = {
  shards: [
    { shard: 'risk/0', nextEvent: 9, stateHash: hash },
    { shard: 'risk/1', nextEvent: 4, stateHash: hash },
  ],
  seconds: 0.5,
  readModels: [{ name: 'risk', nextEvent: 8, tables: [{ table: 'holds', rows: 3, missing: 0, surplus: 0 }] }],
};

const live = [
  { shard: 'risk/0', nextEvent: 9, stateHash: hash },
  { shard: 'risk/1', nextEvent: 4, stateHash: hash },
];

it('is equal when hashes and rows are', () => {
  const comparison = compare(live, parseReport(`noise\n${JSON.stringify(rebuilt)}\n`));
  expect(comparison.differences).toEqual([]);
  expect(comparisonText(comparison)).toContain('EQUAL');
});

it('says what differs', () => {
  const readModels = [
    { ...rebuilt.readModels[0]!, tables: [{ table: 'holds', rows: 3, missing: 1, surplus: 2 }] },
  ];
  const other = [live[0]!, { ...live[1]!, stateHash: 'b'.repeat(64) }];
  const comparison = compare(other, { ...rebuilt, readModels });
  expect(comparison.differences).toEqual([
    `state of risk/1: rebuilt ${hash}, live ${'b'.repeat(64)}`,
    'read model risk, holds: 1 rows missing, 2 too many',
  ]);
  expect(compare([{ ...live[0]!, nextEvent: 10 }], rebuilt).differences).toHaveLength(1);
  expect(compare([{ ...live[0]!, shard: 'risk/2' }], rebuilt).differences).toEqual([
    'risk/2 was not rebuilt',
  ]);
  expect(() => parseReport('{"shard":"x"}')).toThrow();
});
