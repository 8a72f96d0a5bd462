import { createHash } from 'node:crypto';
import { OrderBook } from '@clearway/domain-matching';
import { BookSession } from '../matching/book-session';
import type { Workload } from '../matching/workload';
import { CanonicalReports } from './canonical-reports';
import { pricesOf, stateLine, TRACED_MESSAGES_MAX } from './state-trace';

/** What playing a workload on an empty book gave: SHA-256 of all reports, and of the states where they are compared. */
export interface Judgement {
  readonly reports: string;
  readonly states: string | undefined;
  readonly reportCount: number;
}

/** Plays a workload on an empty book. The benchmark knows no owners, so no self-trade is prevented. */
export function judge(workload: Workload): Judgement {
  const canonical = new CanonicalReports();
  const session = new BookSession(new OrderBook(), canonical.ring, 'ALLOW');
  const states = workload.count <= TRACED_MESSAGES_MAX ? playTraced(session, workload) : undefined;
  if (states === undefined) session.play(workload);
  return { reports: canonical.digest(), states, reportCount: canonical.ring.count };
}

function playTraced(session: BookSession, workload: Workload): string {
  const prices = pricesOf(workload);
  const hash = createHash('sha256');
  for (let i = 0; i < workload.count; i++) {
    session.apply(workload, i);
    hash.update(stateLine(session.book, i, prices));
  }
  return hash.digest('hex');
}
