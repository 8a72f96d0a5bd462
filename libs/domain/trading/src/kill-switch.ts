import { reason } from '@clearway/kernel';
import type { TradingOutcome } from './commands';
import type { TradingHost } from './host';
import { covers, type KillScope } from './kill-scope';
import { openOrdersOf, sweepOrders } from './sweep-orders';

/** Engages a switch: from this event on no new order of the scope is accepted. What is open is cancelled by `sweep`. */
export function engageKillSwitch(
  host: TradingHost,
  scope: KillScope,
  operator: string,
  note: string,
): TradingOutcome {
  const symbol = scope.startsWith('instrument/') ? scope.slice('instrument/'.length) : undefined;
  if (symbol !== undefined && !host.state.markets.has(symbol)) {
    return { kind: 'refused', reason: reason('UNKNOWN_SYMBOL', undefined, { symbol }) };
  }
  if (!host.state.killSwitches.has(scope))
    host.turn.emit({ kind: 'KillSwitchEngaged', scope, operator, note });
  return sweepKillSwitch(host, scope);
}

/**
 * Cancels open orders of the scope, and once a look at every order finds none left says so with an event. Orders that wait
 * for risk's answer are refused by the book when it comes; until then nothing is proven.
 */
export function sweepKillSwitch(host: TradingHost, scope: KillScope): TradingOutcome {
  const killSwitch = host.state.killSwitches.get(scope);
  if (!killSwitch) return unknownSwitch(scope);
  const open = openOrdersOf(host.state, ({ terms }) => covers(scope, terms));
  const left = open.length - sweepOrders(host, open, 'KILL_SWITCH');
  const { canceledOrders } = killSwitch;
  if (left === 0) host.turn.emit({ kind: 'KillSwitchProven', scope, canceledOrders });
  return { kind: 'swept', killSwitch: { ...killSwitch }, openOrders: left };
}

/** One operator asks for a release; asking again changes nothing. */
export function requestKillSwitchRelease(
  host: TradingHost,
  scope: KillScope,
  operator: string,
): TradingOutcome {
  const killSwitch = host.state.killSwitches.get(scope);
  if (!killSwitch) return unknownSwitch(scope);
  if (killSwitch.releaseRequestedBy === '') {
    host.turn.emit({ kind: 'KillSwitchReleaseRequested', scope, operator });
  }
  return { kind: 'kill-switch', killSwitch: { ...killSwitch } };
}

/** Another operator confirms; then the scope trades again. */
export function confirmKillSwitchRelease(
  host: TradingHost,
  scope: KillScope,
  operator: string,
): TradingOutcome {
  const killSwitch = host.state.killSwitches.get(scope);
  if (!killSwitch) return unknownSwitch(scope);
  const { releaseRequestedBy } = killSwitch;
  if (releaseRequestedBy === '' || releaseRequestedBy === operator) {
    return {
      kind: 'refused',
      reason: reason('SECOND_PERSON_NEEDED', undefined, { requested_by: releaseRequestedBy }),
    };
  }
  host.turn.emit({ kind: 'KillSwitchReleased', scope, operator });
  return { kind: 'done' };
}

function unknownSwitch(scope: KillScope): TradingOutcome {
  return { kind: 'refused', reason: reason('UNKNOWN_KILL_SWITCH', undefined, { scope }) };
}
