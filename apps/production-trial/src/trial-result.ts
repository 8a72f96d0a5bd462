/** One part of the trial, and what orders went through meanwhile. */
export interface Moment {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly beganAtMs: number;
  readonly seconds: number;
  /** Orders that were answered. */
  readonly orders: number;
  /** Longest time without any answered order; 0 when none was longer than a quarter of a second. */
  readonly longestPauseMs: number;
  readonly note: string;
}

/** What a trial saw. */
export interface TrialResult {
  /** From nothing to every shard served. */
  readonly startedMs: number;
  readonly processes: number;
  readonly moments: readonly Moment[];
  readonly answered: number;
  /** Orders that were refused with an error, lost, doubled or not as they were answered. */
  readonly failed: readonly string[];
  /** Orders that were rejected because a service could not be reached in time, though nothing was killed. */
  readonly rejectedInRestarts: number;
  /** The same around a kill: an order that was accepted and not yet decided has five seconds, with the time of the take-over in it. */
  readonly rejectedInKills: number;
  readonly invariants: number;
  readonly broken: readonly string[];
  /** Instruments whose quote in Redis was not the one of their book in the end; undefined without Redis. */
  readonly differingQuotes: readonly string[] | undefined;
  /** Certificates that were replaced in use. */
  readonly rotated: number;
  /** Sessions of the database by whether they are encrypted. */
  readonly sessions: { readonly encrypted: number; readonly plain: number };
  /** Whether the database turns away who comes without TLS. */
  readonly isPlainRefused: boolean;
}

/** Everything that must not be, as sentences; empty when the trial has passed. */
export function problemsOf(result: TrialResult): string[] {
  const { failed, rejectedInRestarts, broken, sessions, isPlainRefused, answered } = result;
  return [
    ...failed.map((line) => `order ${line}`),
    ...(rejectedInRestarts === 0
      ? []
      : [`${rejectedInRestarts} orders were rejected because a service was away, though nothing was killed`]),
    ...broken.map((line) => `invariant ${line}`),
    ...(result.differingQuotes ?? []).map((symbol) => `the quote of ${symbol} in Redis is not the book's`),
    ...(sessions.plain === 0 ? [] : [`${sessions.plain} database sessions are not encrypted`]),
    ...(isPlainRefused ? [] : ['the database lets in who comes without TLS']),
    ...(answered > 0 ? [] : ['no order was answered']),
  ];
}

/** The result as a table for people. */
export function tableOf(result: TrialResult): string {
  const rows = result.moments.map(({ name, seconds, orders, longestPauseMs, note }) => [
    name,
    seconds.toFixed(1),
    String(orders),
    longestPauseMs === 0 ? '–' : String(longestPauseMs),
    note,
  ]);
  const lines = [['what', 'seconds', 'orders', 'longest pause, ms', ''], ...rows];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const {
    processes,
    startedMs,
    answered,
    failed,
    rejectedInRestarts,
    rejectedInKills,
    invariants,
    broken,
    rotated,
  } = result;
  const { sessions, isPlainRefused } = result;
  return [
    ...table,
    '',
    `${processes} processes, started in ${(startedMs / 1_000).toFixed(1)} s`,
    `${answered} orders answered, ${failed.length} failed`,
    `rejected because a service was away: ${rejectedInRestarts} in restarts, ${rejectedInKills} around kills`,
    `${invariants - broken.length} of ${invariants} invariants hold`,
    `${rotated} certificates replaced in use`,
    `${sessions.encrypted} database sessions over TLS, ${sessions.plain} without; without TLS ${isPlainRefused ? 'nobody is' : 'somebody was'} let in`,
  ].join('\n');
}
