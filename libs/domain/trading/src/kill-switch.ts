import { reason } from '@clearway/kernel';
import { takeOff } from './cancel-order';
import type { TradingOutcome } from './commands';
import type { TradingHost } from './host';
import { covers, type KillScope } from './kill-scope';
import { isOpen, type Order } from './order';
import type { TradingState } from './state';

/** Open orders that one turn cancels; further ones follow in the next, so that no batch grows without bound. */
export const KILLED_A_TURN_MAX = 5_000;

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
  const open = openOrdersOf(host.state, scope);
  const resting = open.filter((order) => order.resting);
  for (const order of resting.slice(0, KILLED_A_TURN_MAX)) takeOff(host, order, 'KILL_SWITCH');
  const left = open.length - Math.min(resting.length, KILLED_A_TURN_MAX);
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

/** Every open order of a scope, by a look at all orders: an index could be wrong, and this is a proof. */
export function openOrdersOf(state: TradingState, scope: KillScope): Order[] {
  const open: Order[] = [];
  for (const order of state.orders.values())
    if (isOpen(order) && covers(scope, order.terms)) open.push(order);
  return open;
}

function unknownSwitch(scope: KillScope): TradingOutcome {
  return { kind: 'refused', reason: reason('UNKNOWN_KILL_SWITCH', undefined, { scope }) };
}
