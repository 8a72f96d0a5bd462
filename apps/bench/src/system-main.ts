/**
 * `npm run bench`: durable orders a second of the whole system on this machine, with what an order costs by process, and the
 * latencies at half load. A fresh database unless `--stack` names a running one.
 */
import { join } from 'node:path';
import { type CommandRun, runCommand, unlessAborted } from '@clearway/platform-command';
import { readStackFile, type StackDescription, startOwnStack } from '@clearway/platform-stack';
import { type PeersReport, peersReport, peersTable } from './peers/peer-report';
import { peerTimes, runPeers } from './peers/run-peers';
import { BENCH_USAGE, type BenchArguments, parseBenchArguments } from './system/bench-arguments';
import { type BenchReport, benchReport, benchTable } from './system/bench-report';
import { runBench } from './system/run-bench';

const CHECKOUT = join(__dirname, '..', '..', '..');

async function main({ args, signal }: CommandRun): Promise<number> {
  const wishes = parseBenchArguments(args);
  const say = (line: string) => console.error(line);
  const own = wishes.stackFile === undefined ? await startOwnStack(CHECKOUT, undefined) : undefined;
  try {
    const stack = readStackFile(own?.stackFile ?? (wishes.stackFile as string));
    const report = benchReport(await unlessAborted(signal, runBench(stack, own?.pid ?? 0, wishes, say)));
    console.log(benchTable(report));
    const peers = wishes.withPeers
      ? await unlessAborted(signal, comparePeers(stack, own?.pid ?? 0, wishes, report))
      : undefined;
    if (peers) console.log(peersTable(peers));
    const broken = Object.entries(report.invariants).filter(([, holds]) => !holds);
    for (const [name] of broken) say(`void: the invariant ${name} does not hold`);
    if (wishes.json) console.log(JSON.stringify({ ...report, peers }));
    return broken.length === 0 ? 0 : 1;
  } finally {
    await own?.stop();
  }
}

async function comparePeers(
  { postgres }: StackDescription,
  stackPid: number,
  { seconds }: BenchArguments,
  report: BenchReport,
): Promise<PeersReport> {
  if (postgres === undefined) throw new Error('--peers needs a stack whose stack.json names its Postgres');
  console.error('now the peers');
  const measured = await runPeers({ ...peerTimes(seconds), postgresUrl: postgres, stackPid });
  return peersReport(report, measured);
}

runCommand({ name: 'bench', usage: BENCH_USAGE, run: main });
