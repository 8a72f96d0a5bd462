import type { BenchReport } from '../system/bench-report';
import { type PeerMeasurement, SAGAS_IN_FLIGHT } from './measure-sagas';
import type { PeerMeasurements } from './run-peers';

/** One peer's figures. */
export interface PeerReport {
  readonly sagasPerSecond: number;
  readonly sagaMs: { readonly p50: number; readonly p99: number };
  /** Postgres and the total only where its processes are known. */
  readonly cpuMicrosPerSaga: { readonly node: number; readonly postgres?: number; readonly total?: number };
  readonly ratios: {
    /** Clearway's durable orders/s by the peer's sagas/s. */
    readonly rate: number;
    /** The peer's CPU a saga by Clearway's CPU an order, its load generator included. */
    readonly cpu?: number;
  };
}

/** The part of the bench's JSON that `--peers` adds. */
export interface PeersReport {
  readonly naive: PeerReport;
  readonly dbos?: PeerReport;
}

/** What the comparison needs of Clearway's own run. */
export type ClearwayFigures = Pick<BenchReport, 'ordersPerSecond' | 'cpuMicrosPerOrder'>;

/** Works the peers' figures and the ratios out. */
export function peersReport(clearway: ClearwayFigures, { naive, dbos }: PeerMeasurements): PeersReport {
  const naiveReport = peerReport(clearway, naive);
  return dbos === undefined
    ? { naive: naiveReport }
    : { naive: naiveReport, dbos: peerReport(clearway, dbos) };
}

/** The peers as a table for people, with what is not alike. */
export function peersTable({ naive, dbos }: PeersReport): string {
  return [
    `peers: four steps a saga, ${SAGAS_IN_FLIGHT} in flight, same Postgres, every step durable (fsync on)`,
    line('naive', naive),
    dbos === undefined ? '  dbos: not installed' : line('dbos', dbos),
    '  naive: an orchestrator and three participants, a process each, plain grpc-js over mutual TLS; a unary call and a database',
    '         transaction a step, and one for the saga row at the start and after each step',
    '  dbos:  DBOS Transact in one process, steps called in it without gRPC; a database transaction and a checkpoint a step',
    "  An order of Clearway does more than a peer's saga: it is also matched, posted by double entry and audited. Its figure is",
    '  with its own window of unanswered orders; the services rest, but run, while a peer is measured.',
  ].join('\n');
}

function line(name: string, { sagasPerSecond, sagaMs, cpuMicrosPerSaga, ratios }: PeerReport): string {
  const { node, postgres = 'unknown', total = 'unknown' } = cpuMicrosPerSaga;
  return (
    `  ${name.padEnd(6)} ${sagasPerSecond} sagas/s  P50 ${sagaMs.p50} P99 ${sagaMs.p99} ms  ` +
    `CPU µs a saga: node ${node} postgres ${postgres} total ${total}  ` +
    `Clearway: ${ratios.rate} × the rate, 1/${ratios.cpu ?? 'unknown'} of the CPU`
  );
}

function peerReport(clearway: ClearwayFigures, measured: PeerMeasurement): PeerReport {
  const sagas = Math.max(1, measured.sagas);
  const perSecond = measured.sagas / measured.seconds;
  const ms = (percentile: number) => round(measured.latency.getValueAtPercentile(percentile) / 1_000);
  const { cpuMicrosPerSaga, cpuRatio } = cpuFigures(clearway, measured, sagas);
  const rate = round(clearway.ordersPerSecond / Math.max(perSecond, 1 / measured.seconds));
  return {
    sagasPerSecond: Math.round(perSecond),
    sagaMs: { p50: ms(50), p99: ms(99) },
    cpuMicrosPerSaga,
    ratios: cpuRatio === undefined ? { rate } : { rate, cpu: cpuRatio },
  };
}

function cpuFigures({ cpuMicrosPerOrder }: ClearwayFigures, { cpu }: PeerMeasurement, sagas: number) {
  const node = round(cpu.nodeMicros / sagas);
  if (cpu.postgresMicros === undefined) return { cpuMicrosPerSaga: { node }, cpuRatio: undefined };
  const total = (cpu.nodeMicros + cpu.postgresMicros) / sagas;
  const cpuMicrosPerSaga = { node, postgres: round(cpu.postgresMicros / sagas), total: round(total) };
  const ours = cpuMicrosPerOrder.total;
  return { cpuMicrosPerSaga, cpuRatio: ours ? round(total / ours) : undefined };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
