import { sections } from '../output/answer';
import type { Colours, Paint } from '../output/colours';
import { type Cell, type Column, painted, renderTable } from '../output/table';
import type { ServiceSummary, StatusSummary } from './status-summary';

const COLUMNS: readonly Column[] = [
  { title: 'SERVICE' },
  { title: 'ADDRESS' },
  { title: 'HEALTH' },
  { title: 'SHARD' },
  { title: 'EVENTS', align: 'right' },
  { title: 'SAGAS', align: 'right' },
  { title: 'PARKED', align: 'right' },
  { title: 'INVARIANTS' },
  { title: 'AUDITED' },
];

const HEALTH_PAINT: Readonly<Record<ServiceSummary['health'], Paint>> = {
  serving: 'green',
  'not serving': 'yellow',
  unreachable: 'red',
};

/** The whole picture as text: a line a service, then what is wrong. */
export function statusText(summary: StatusSummary, colours: Colours): string {
  const { services, auditTreeSize, problems } = summary;
  return sections(
    renderTable(COLUMNS, services.map(rowOf), colours),
    auditTreeSize === undefined ? '' : `Audit tree: ${auditTreeSize} leaves.`,
    services.flatMap((service) => brokenLines(service, colours)).join('\n'),
    problems.map(({ message }) => `${colours.red('!')} ${message}`).join('\n'),
    services.some(({ parkedSagas = 0 }) => parkedSagas > 0)
      ? '“clearway sagas --parked” shows what waits for you.'
      : '',
  );
}

function rowOf(service: ServiceSummary): Cell[] {
  const parked = service.parkedSagas ?? '';
  return [
    painted(service.service, 'bold'),
    service.address,
    painted(service.health, HEALTH_PAINT[service.health]),
    service.shard ?? '',
    service.nextEvent ?? '',
    service.liveSagas ?? '',
    painted(String(parked), parked ? 'red' : undefined),
    invariantsCell(service.invariants),
    auditedCell(service.unauditedEvents),
  ];
}

function invariantsCell(invariants: ServiceSummary['invariants']): Cell {
  if (!invariants) return '';
  const { checked, broken } = invariants;
  if (broken.length === 0) return painted(`${checked} hold`, 'green');
  return painted(`${broken.length} of ${checked} broken`, 'red');
}

function auditedCell(unauditedEvents: number | undefined): Cell {
  if (unauditedEvents === undefined) return '';
  return unauditedEvents === 0 ? painted('all', 'green') : painted(`${unauditedEvents} to come`, 'yellow');
}

function brokenLines({ service, invariants }: ServiceSummary, colours: Colours): string[] {
  return (invariants?.broken ?? []).map(
    ({ name, detail }) => `${colours.red('BROKEN')} ${service} ${name}: ${detail}`,
  );
}
