import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EXPECTED_CASES } from './expected-cases';
import { parseGateCases } from './gate-cases';
import { judge } from './judge';

const checkout = process.env.MATCHING_BENCHMARK ?? '';
const script = path.join(checkout, 'scripts', 'conformance_check.py');
const isThere = checkout !== '' && existsSync(script);
const describeWithCheckout = isThere ? describe : describe.skip;
const title = isThere
  ? ''
  : ' (SKIPPED: set MATCHING_BENCHMARK to a checkout of flash1-dev/matching-engine-benchmark)';

describeWithCheckout(`the outside judge's gate${title}`, () => {
  const cases = isThere ? parseGateCases(readFileSync(script, 'utf8')) : [];

  it('has the cases that are expected', () => {
    expect(cases.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED_CASES).sort());
  });

  it('finds the book right in every case', () => {
    const wrong = cases.filter(({ name, workload }) => {
      const expected = EXPECTED_CASES[name]!;
      const { reports, states } = judge(workload);
      return !reports.startsWith(expected.reports) || !(states ?? '').startsWith(expected.states ?? '');
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});
