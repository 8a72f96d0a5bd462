import { trading } from '@clearway/contracts';
import { type Peer, until } from '@clearway/testing';
import { accountOf } from './market';

/** One execution report as the tests look at it. */
export interface SeenReport {
  readonly execType: string;
  readonly clOrdId: string;
  readonly status: string;
  readonly lastQty: string;
  readonly lastPx: string;
}

/** Follows an account with WatchOrders and keeps what it is told. */
export class OrderWatch {
  readonly reports: SeenReport[] = [];
  private readonly abort = new AbortController();

  constructor(peer: Peer, participant: string) {
    const { signal } = this.abort;
    const stream = peer.trading.stream('watchOrders', { account: accountOf(participant) }, { signal });
    stream.receive(({ reports }) => this.reports.push(...reports.map(seenReport))).catch(() => undefined);
  }

  /** Waits for a report of one kind about one order. */
  report(execType: string, clOrdId: string): Promise<SeenReport> {
    return until(`${execType} of ${clOrdId}`, () =>
      this.reports.find((report) => report.execType === execType && report.clOrdId === clOrdId),
    );
  }

  close(): void {
    this.abort.abort();
  }
}

function seenReport({ execType, order, lastQty, lastPx }: trading.ExecutionReport): SeenReport {
  const status = trading.OrdStatus[order?.ordStatus ?? trading.OrdStatus.ORD_STATUS_UNSPECIFIED] ?? 'UNKNOWN';
  return {
    execType: trading.ExecType[execType].replace('EXEC_TYPE_', ''),
    clOrdId: order?.clOrdId ?? '',
    status: status.replace('ORD_STATUS_', ''),
    lastQty,
    lastPx,
  };
}
