/**
 * `npm run conformance -- DIR`: is the order book right in the eyes of an outside judge? DIR is a checkout of
 * github.com/flash1-dev/matching-engine-benchmark (MIT); none of its code is here. Its gate's cases and its five scenarios are
 * played on our book, and the reports compared by hash. Exits with 1 unless all of them pass.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { EXPECTED_CASES, HASH_DIGITS } from './conformance/expected-cases';
import { type GateCase, parseGateCases } from './conformance/gate-cases';
import { judge } from './conformance/judge';
import { parsePublishedHashes, SCENARIOS } from './conformance/published-hashes';
import { WorkloadSource } from './conformance/workload-source';

interface Tally {
  passed: number;
  total: number;
}

const USAGE = `Usage: npm run conformance -- DIR

Plays the cases and scenarios of an outside judge on our book; DIR is a checkout of github.com/flash1-dev/matching-engine-benchmark.
`;

function main({ args: [checkout = ''] }: CommandRun): number {
  const script = path.join(checkout, 'scripts', 'conformance_check.py');
  if (checkout === '' || !existsSync(script))
    throw new UsageError('name a checkout of github.com/flash1-dev/matching-engine-benchmark');
  const cases = judgeCases(parseGateCases(readFileSync(script, 'utf8')));
  const scenarios = judgeScenarios(checkout);
  const isRight = cases.passed === cases.total && scenarios.passed === scenarios.total && cases.total > 0;
  console.log(`gate ${cases.passed}/${cases.total}, scenarios ${scenarios.passed}/${scenarios.total}`);
  console.log(isRight ? 'CONFORMANT' : 'NOT CONFORMANT');
  return isRight ? 0 : 1;
}

function judgeCases(cases: readonly GateCase[]): Tally {
  const tally = { passed: 0, total: cases.length };
  for (const { name, workload } of cases) {
    const { reports, states } = judge(workload);
    const expected = EXPECTED_CASES[name];
    const isRight =
      expected !== undefined &&
      reports.startsWith(expected.reports) &&
      (expected.states === undefined || states?.startsWith(expected.states) === true);
    if (isRight) tally.passed++;
    const state = expected?.states === undefined ? 'not traced' : states?.slice(0, HASH_DIGITS);
    const verdict = expected === undefined ? 'UNKNOWN' : passOrFail(isRight);
    console.log(`${verdict} ${name.padEnd(42)} reports ${reports.slice(0, HASH_DIGITS)} states ${state}`);
  }
  return tally;
}

function judgeScenarios(checkout: string): Tally {
  const published = parsePublishedHashes(
    readFileSync(path.join(checkout, 'reference', 'correctness_hash.txt'), 'utf8'),
  );
  const source = new WorkloadSource(checkout);
  const tally = { passed: 0, total: SCENARIOS.length };
  try {
    for (const scenario of SCENARIOS) {
      const workload = source.read(scenario);
      const { reports, reportCount } = judge(workload);
      const isRight = reports === published.get(scenario);
      if (isRight) tally.passed++;
      const counts = `${workload.count} messages, ${reportCount} reports`;
      console.log(`${passOrFail(isRight)} ${scenario.padEnd(12)} ${reports} (${counts})`);
    }
  } finally {
    source.close();
  }
  return tally;
}

function passOrFail(isRight: boolean): string {
  return isRight ? 'PASS' : 'FAIL';
}

runCommand({ name: 'conformance', usage: USAGE, run: main });
