import { formatDecimal } from '@clearway/kernel';
import type { createColors } from 'picocolors';
import { PRICE_DECIMALS, QUOTE_ASSET } from '../market/replay-terms';
import { isSound, type ReplayReport } from './replay-report';

type Colours = ReturnType<typeof createColors>;
type Row = readonly [label: string, value: string];

/** The closing words of a replay: its figures, then every invariant. */
export function closingTable(report: ReplayReport, colours: Colours): string {
  const rows = [...tradeRows(report), ...moneyRows(report), ...journalRows(report)];
  const width = Math.max(...rows.map(([label]) => label.length));
  const verdict = isSound(report)
    ? colours.green('sound: every invariant holds, and the data explains every refusal')
    : colours.red('NOT SOUND: see above');
  return [
    '',
    colours.bold(`Replay on ${report.symbol}`),
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    colours.bold('Invariants'),
    ...Object.entries(report.invariants).map(([name, holds]) =>
      holds
        ? `  ${colours.green('✓')} ${name}`
        : `  ${colours.red('✗')} ${name}: ${report.breaks[name] ?? ''}`,
    ),
    verdict,
    '',
  ].join('\n');
}

function tradeRows(report: ReplayReport): Row[] {
  const { plan } = report;
  const rejects = Object.entries(report.rejects).map(([code, count]) => `${count} × ${code}`);
  return [
    ['rows', `${report.rows} in ${report.elapsedSeconds} s, ${report.rowsPerSecond} rows/s`],
    [
      'orders',
      `${report.orders}, ${report.ordersPerSecond} orders/s (${report.commandsPerSecond} commands/s)`,
    ],
    [
      'of them',
      `${plan.rowsAdded} added, ${plan.takers} aggressors, ${plan.ordersSeeded} seeded, ${plan.ordersAdopted} adopted`,
    ],
    [
      'cancels',
      `${report.cancels}, ${report.cancelsTooLate} too late (${plan.ordersForgotten} of orders gone unseen)`,
    ],
    [
      'fills',
      `${report.fills}: ${report.fillsAsPlanned} as the data names them, ${report.fillsElsewhere} elsewhere, ${report.fillsMissing} missing, ${report.fillsHalfTold} half told`,
    ],
    [
      'skipped rows',
      `${plan.rowsHiddenSkipped} hidden executions, ${plan.rowsUnknownSkipped} of unknown orders, ${plan.rowsCrossSkipped} crosses`,
    ],
    ['rejects', rejects.length === 0 ? 'none' : rejects.join(', ')],
    [
      'streams',
      `${report.reconnects} opened again; ${report.commandsPutOff} commands put off, ${report.commandsAskedAgain} asked again`,
    ],
  ];
}

function moneyRows(report: ReplayReport): Row[] {
  const money = (minor: string): string => `${formatDecimal(BigInt(minor), PRICE_DECIMALS)} ${QUOTE_ASSET}`;
  return [
    ['filled value', money(report.filledMinor)],
    ['settled buys', money(report.settledBuyMinor)],
    ['settled sells', money(report.settledSellMinor)],
  ];
}

function journalRows(report: ReplayReport): Row[] {
  const journals = Object.entries(report.journals).map(
    ([service, { commits, events, eventsPerCommit }]): Row => [
      `journal ${service}`,
      `${events} events in ${commits} commits, ${eventsPerCommit} a commit`,
    ],
  );
  return [
    ['audit', `${report.auditEntries} entries for ${report.journalEvents} journal events`],
    ...journals,
  ];
}
