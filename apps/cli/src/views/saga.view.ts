import { type audit, saga } from '@clearway/contracts';
import type { Colours, Paint } from '../output/colours';
import { enumName } from '../output/enum-name';
import { durationText, momentText } from '../output/moments';
import { type Cell, type Column, painted, renderPairs, renderTable } from '../output/table';

const STATUS_PAINT: Readonly<Record<string, Paint>> = {
  RUNNING: 'cyan',
  COMPENSATING: 'yellow',
  COMPLETED: 'green',
  SUCCEEDED: 'green',
  COMPENSATED: 'dim',
  PENDING: 'dim',
  REFUSED: 'red',
  PARKED: 'red',
};

const SAGA_COLUMNS: readonly Column[] = [
  { title: 'SAGA' },
  { title: 'KIND' },
  { title: 'SUBJECT', align: 'right' },
  { title: 'STATUS' },
  { title: 'STEP' },
  { title: 'ATTEMPTS', align: 'right' },
  { title: 'LAST ERROR' },
  { title: 'AGE', align: 'right' },
];

/** Live sagas, one a line, each with the step that it waits for. */
export function sagasTable(sagas: readonly saga.Saga[], nowMicros: number, colours: Colours): string {
  const rows = sagas.map((each): Cell[] => {
    const step = waitsFor(each);
    return [
      each.sagaId,
      each.kind,
      each.subject,
      statusCell(statusOf(each)),
      step === undefined ? '' : `${step.name} at ${step.participant}`,
      step?.attempts ?? '',
      painted(step?.lastError ?? '', 'red'),
      durationText(nowMicros - each.startedAtMicros),
    ];
  });
  return renderTable(SAGA_COLUMNS, rows, colours);
}

const STEP_COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'STEP' },
  { title: 'AT' },
  { title: 'STATE' },
  { title: 'ATTEMPTS', align: 'right' },
  { title: 'LAST ERROR' },
];

/** What a live saga is and when it must be done. */
export function sagaCard(each: saga.Saga, nowMicros: number, colours: Colours): string {
  return renderPairs(
    [
      ['saga', painted(each.sagaId, 'bold')],
      ['kind', `${each.kind} of ${each.subject}`],
      ['status', statusCell(statusOf(each))],
      [
        'started',
        `${momentText(each.startedAtMicros)}, ${durationText(nowMicros - each.startedAtMicros)} ago`,
      ],
      ['deadline', momentText(each.deadlineMicros)],
    ],
    colours,
  );
}

/** Steps of a saga in their order; the pivot is marked. */
export function stepsTable({ steps }: saga.Saga, colours: Colours): string {
  const rows = steps.map((each): Cell[] => [
    each.step,
    each.pivot ? `${each.name} (pivot)` : each.name,
    each.participant,
    statusCell(each.state),
    each.attempts,
    painted(each.lastError, 'red'),
  ]);
  return renderTable(STEP_COLUMNS, rows, colours);
}

const TIMELINE_COLUMNS: readonly Column[] = [
  { title: 'AT (UTC)' },
  { title: 'EVENT' },
  { title: 'SHARD' },
  { title: 'LEAF', align: 'right' },
  { title: 'BY' },
  { title: 'DETAIL' },
];

/** What the audit log has about a saga, oldest first. */
export function timelineTable(entries: readonly audit.AuditEntry[], colours: Colours): string {
  const rows = entries.map((entry): Cell[] => [
    momentText(entry.atMicros),
    painted(entry.action, 'bold'),
    entry.shard,
    entry.leafIndex,
    actorText(entry.actor),
    painted(entry.detailJson, 'dim'),
  ]);
  return renderTable(TIMELINE_COLUMNS, rows, colours);
}

/** `operator/admin` of `spiffe://clearway/operator/admin`. */
export function actorText(actor: string): string {
  return actor.replace('spiffe://clearway/', '');
}

function waitsFor({ steps }: saga.Saga): saga.SagaStep | undefined {
  const isOver = new Set(['SUCCEEDED', 'COMPENSATED', 'REFUSED']);
  return steps.find(({ state }) => state === 'PARKED') ?? steps.find(({ state }) => !isOver.has(state));
}

function statusOf({ status }: saga.Saga): string {
  return enumName(saga.SagaStatus, status, 'SAGA_STATUS_');
}

function statusCell(name: string): Cell {
  return painted(name, STATUS_PAINT[name]);
}
