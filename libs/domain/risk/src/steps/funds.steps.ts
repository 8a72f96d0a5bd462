import { type Reason, reason } from '@clearway/kernel';
import type { AccountAmount, RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { availableMinor } from '../funds-book';
import type { RiskState } from '../risk-state';
import { actionSucceeded, hostBug, refusal, type StepContext } from './step-context';

/** Adds to what an account has: a deposit that clearing has booked. It is never refused. */
export function creditFunds({ key }: StepContext, action: RiskActionOf<'CreditFunds'>): StepEvent {
  return { kind: 'FundsCredited', key, funds: amountOf(action) };
}

/** Holds an amount for a withdrawal, or refuses with all reasons. */
export function holdFunds({ state, key }: StepContext, action: RiskActionOf<'HoldFunds'>): StepEvent {
  const reasons = reasonsAgainstHold(state, action);
  return reasons.length > 0 ? refusal(key, reasons) : { kind: 'FundsHeld', key, funds: amountOf(action) };
}

/** Gives back what was held for a withdrawal. As a compensation it undoes only the hold of its own step. */
export function releaseFunds(context: StepContext, action: RiskActionOf<'ReleaseFunds'>): StepEvent {
  const { state, key } = context;
  if (key.phase === 'compensation' && !actionSucceeded(context)) return { kind: 'CompensationNoted', key };
  const missing = whyNotHeld(state, action);
  return missing ? hostBug(key, missing) : { kind: 'FundsReleased', key, funds: amountOf(action) };
}

/** Takes what was held for a withdrawal out of the account. */
export function debitHeldFunds(
  { state, key }: StepContext,
  action: RiskActionOf<'DebitHeldFunds'>,
): StepEvent {
  const missing = whyNotHeld(state, action);
  return missing ? hostBug(key, missing) : { kind: 'FundsDebited', key, funds: amountOf(action) };
}

function reasonsAgainstHold(state: RiskState, { account, asset, amountMinor }: AccountAmount): Reason[] {
  const available = availableMinor(state.funds.get(account, asset));
  const against: (Reason | false)[] = [
    !state.funds.has(account) &&
      reason('UNKNOWN_ACCOUNT', `Account ${account} has never been funded.`, { account }),
    state.freezes.get(account)?.frozen === true &&
      reason('ACCOUNT_FROZEN', `Account ${account} is frozen.`, { account }),
    amountMinor > available &&
      reason(
        'INSUFFICIENT_FUNDS',
        `The withdrawal needs ${amountMinor} minor units of ${asset}, ${available} are available.`,
        { asset, need_minor: `${amountMinor}`, available_minor: `${available}` },
      ),
  ];
  return against.filter((each) => each !== false);
}

function whyNotHeld(state: RiskState, { account, asset, amountMinor }: AccountAmount): string | undefined {
  const held = state.funds.get(account, asset).heldForWithdrawalsMinor;
  if (amountMinor <= held) return undefined;
  return `Account ${account} holds ${held} minor units of ${asset} for withdrawals, not ${amountMinor}.`;
}

function amountOf({ account, asset, amountMinor }: AccountAmount): AccountAmount {
  return { account, asset, amountMinor };
}
