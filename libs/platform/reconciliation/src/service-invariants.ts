import { type InvariantResult, invariant } from '@clearway/kernel';
import { needing } from './needing';
import type { ServiceName, SystemState } from './system-state';

/** Own invariants of trading that stand under a name of the whole system. */
const EVERY_ORDER = 'every-order-final-or-live';
/** Own invariant of a service that replays its journal and compares the state's hash with the live one. */
const REPLAY = 'replay-gives-live-state';

/** What the services say about themselves: the parts that all of them owe, then each result under its service's name. */
export function serviceInvariants({ trading, risk, clearing, own }: SystemState): InvariantResult[] {
  return [
    invariant(EVERY_ORDER, everyOrder(own.trading)),
    needing({ trading, risk, clearing })('no-parked-sagas', (dumps) =>
      Object.values(dumps)
        .filter(({ position }) => position.parkedSagas > 0)
        .map(({ position }) => `${position.shard}: ${position.parkedSagas} sagas are parked`),
    ),
    ...replayHash(own),
    ...Object.entries(own).flatMap(([service, results]) => named(service, results)),
  ];
}

function everyOrder(own: SystemState['own'][ServiceName]): string[] {
  if (!own.ok) return [`trading was not asked: ${own.why}`];
  const result = own.value.find(({ name }) => name === EVERY_ORDER);
  if (!result) return ['trading did not report it'];
  return result.holds ? [] : [result.detail];
}

/** Nothing is claimed when no service offers the check. */
function replayHash(own: SystemState['own']): InvariantResult[] {
  const reported = Object.entries(own).flatMap(([service, results]) =>
    results.ok
      ? results.value.filter(({ name }) => name === REPLAY).map((result) => ({ service, result }))
      : [],
  );
  if (reported.length === 0) return [];
  const broken = reported.filter(({ result }) => !result.holds);
  return [
    invariant(
      'replay-hash',
      broken.map(({ service, result }) => `${service}: ${result.detail}`),
    ),
  ];
}

function named(service: string, results: SystemState['own'][ServiceName]): InvariantResult[] {
  if (!results.ok) return [invariant(`${service}:own-invariants`, [`not read: ${results.why}`])];
  if (results.value.length === 0) return [invariant(`${service}:own-invariants`, ['it reported none'])];
  return results.value.map((result) => ({ ...result, name: `${service}:${result.name}` }));
}
