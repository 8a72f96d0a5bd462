import { OrderBook } from '@clearway/domain-matching';
import { BookSession } from './book-session';
import { REPORT_FIELDS, ReportRing } from './report-ring';
import type { Workload } from './workload';

/** Messages that are measured, and those that come before them unmeasured. */
export interface Scenario {
  readonly name: string;
  readonly setup: Workload;
  readonly measured: Workload;
}

/** How fast a book was. The percentiles are of single messages and include the clock's own time (some 40 ns). */
export interface Speed {
  readonly opsPerSecond: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
}

const RING_REPORTS = 4096;
const RUNS = 5;
const ORDERS_CAPACITY = 1 << 12;

/** Measures our book: one run to warm up, then the median throughput of five, then one run with every message timed. */
export function measureBook(scenario: Scenario): Speed {
  const rates: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const rate = throughput(scenario);
    if (run > 0) rates.push(rate);
  }
  rates.sort((a, b) => a - b);
  return { opsPerSecond: Math.round(rates[RUNS >> 1]!), ...latencies(scenario) };
}

/** A session on an empty book with every duty on: ids, owners, self-trade prevention, and reports that somebody reads. */
export function newSession(): { session: BookSession; ring: ReportRing } {
  let checksum = 0;
  const ring = new ReportRing(RING_REPORTS, (slots, offset, count) => {
    // The sequence number and the quantity stand for what a publisher would read: every report is looked at.
    for (let i = 0, at = offset; i < count; i++, at += REPORT_FIELDS)
      checksum += slots[at + 1]! + slots[at + 5]!;
    if (Number.isNaN(checksum)) throw new Error('a report holds no number');
  });
  return { session: new BookSession(new OrderBook(ORDERS_CAPACITY), ring, 'CANCEL_OLDEST'), ring };
}

function throughput({ setup, measured }: Scenario): number {
  const { session, ring } = newSession();
  session.play(setup);
  const startedMs = performance.now();
  session.play(measured);
  ring.drain();
  return measured.count / ((performance.now() - startedMs) / 1_000);
}

function latencies({ setup, measured }: Scenario): Omit<Speed, 'opsPerSecond'> {
  const { session } = newSession();
  session.play(setup);
  const timesNs = new Float64Array(measured.count);
  for (let i = 0; i < measured.count; i++) {
    const startedMs = performance.now();
    session.apply(measured, i);
    timesNs[i] = (performance.now() - startedMs) * 1e6;
  }
  timesNs.sort();
  const at = (share: number): number => Math.round(timesNs[Math.floor(measured.count * share)]!);
  return { p50Ns: at(0.5), p99Ns: at(0.99), p999Ns: at(0.999) };
}
