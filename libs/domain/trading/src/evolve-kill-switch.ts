import type { TradingEvent } from './events';
import { covers, type KillScope, type KillSwitch } from './kill-scope';
import type { Order } from './order';
import type { TradingState } from './state';

type KillSwitchEvent = Extract<TradingEvent, { kind: `KillSwitch${string}` }>;

/** Engages a kill switch, notes its proof and the wish to release it, or releases it. */
export function killSwitchMoved(state: TradingState, event: KillSwitchEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'KillSwitchEngaged': {
      const { scope, operator: engagedBy, note } = event;
      const none = { provenAtMicros: 0, canceledOrders: 0, releaseRequestedBy: '' };
      state.killSwitches.set(scope, { scope, engagedBy, note, engagedAtMicros: timeMicros, ...none });
      return;
    }
    case 'KillSwitchProven':
      return proven(state, event.scope, timeMicros);
    case 'KillSwitchReleaseRequested':
      killSwitchOf(state, event.scope).releaseRequestedBy = event.operator;
      return;
    case 'KillSwitchReleased':
      state.killSwitches.delete(event.scope);
      return;
  }
}

/** Counts an order that a kill switch canceled with every switch that covers it. */
export function countKilled(state: TradingState, { terms }: Order): void {
  for (const killSwitch of state.killSwitches.values())
    if (covers(killSwitch.scope, terms)) killSwitch.canceledOrders += 1;
}

function killSwitchOf(state: TradingState, scope: KillScope): KillSwitch {
  const killSwitch = state.killSwitches.get(scope);
  if (!killSwitch) throw new Error(`no kill switch ${scope}`);
  return killSwitch;
}

function proven(state: TradingState, scope: KillScope, timeMicros: number): void {
  killSwitchOf(state, scope).provenAtMicros = timeMicros;
}
