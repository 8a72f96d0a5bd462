import type { InvariantResult } from '@clearway/kernel';
import { coverageOf } from '@clearway/platform-reconciliation';
import { EXIT, type ExitStatus } from '../exit-status';
import { type FailureDocument, failureOf } from '../output/error-text';
import type { Read, ServiceStatus, StackStatus } from './read-status';

/** One service's line. A part that could not be read is undefined and its failure stands among the problems. */
export interface ServiceSummary {
  readonly service: string;
  readonly address: string;
  readonly health: 'serving' | 'not serving' | 'unreachable';
  readonly shard: string | undefined;
  readonly nextEvent: number | undefined;
  readonly liveSagas: number | undefined;
  readonly parkedSagas: number | undefined;
  readonly invariants: { readonly checked: number; readonly broken: readonly InvariantResult[] } | undefined;
  /** Events of its journal that audit's tree does not hold yet; undefined for audit itself. */
  readonly unauditedEvents: number | undefined;
}

/** The whole picture, as `--json` prints it. */
export interface StatusSummary {
  readonly ok: boolean;
  readonly services: readonly ServiceSummary[];
  readonly auditTreeSize: number | undefined;
  readonly problems: readonly FailureDocument[];
}

/** Puts the readings together. Pure. */
export function summarise({ services, coverage }: StackStatus): StatusSummary {
  const covered = valueIn(coverage);
  const audited = new Map(covered?.shards.map(({ shard, nextEvent }) => [shard, nextEvent]));
  const summaries = services.map((service) => summaryOf(service, audited));
  const failures = [...services.flatMap(failuresOf), ...failuresIn(coverage)];
  const problems = [...new Map(failures.map((failure) => [failure.message, failure])).values()];
  const isSound = (each: ServiceSummary): boolean =>
    each.health === 'serving' && (each.parkedSagas ?? 0) === 0 && (each.invariants?.broken.length ?? 0) === 0;
  return {
    ok: problems.length === 0 && summaries.every(isSound),
    services: summaries,
    auditTreeSize: covered?.treeSize,
    problems,
  };
}

/** Not reachable when no service is; a failed check when anything at all is wrong. */
export function exitStatusOf({ ok, services }: StatusSummary): ExitStatus {
  if (ok) return EXIT.OK;
  return services.every(({ health }) => health === 'unreachable') ? EXIT.NOT_REACHABLE : EXIT.REFUSED;
}

function summaryOf(status: ServiceStatus, audited: ReadonlyMap<string, number>): ServiceSummary {
  const { service, address } = status;
  const checked = valueIn(status.invariants);
  const hosted = status.sagas && valueIn(status.sagas);
  const position = checked?.position ?? hosted;
  const covered = position && coverageOf(position.shard, audited);
  return {
    service,
    address,
    health: valueIn(status.health) ?? 'unreachable',
    shard: position?.shard,
    nextEvent: position?.nextEvent,
    liveSagas: hosted?.liveSagas,
    parkedSagas: hosted?.parkedSagas,
    invariants: checked && {
      checked: checked.results.length,
      broken: checked.results.filter(({ holds }) => !holds),
    },
    unauditedEvents:
      position && covered !== undefined ? Math.max(0, position.nextEvent - covered) : undefined,
  };
}

function failuresOf({ health, invariants, sagas }: ServiceStatus): FailureDocument[] {
  return [health, invariants, ...(sagas ? [sagas] : [])].flatMap(failuresIn);
}

function failuresIn(reading: Read<unknown>): FailureDocument[] {
  return 'failure' in reading ? [failureOf(reading.failure).document] : [];
}

function valueIn<T>(reading: Read<T>): T | undefined {
  return 'value' in reading ? reading.value : undefined;
}
