import type { PlaceCommand, ReplayPlan } from '../plan/replay-command';

/**
 * Orders of one account in one replay. Risk counts at most 10,000 orders of an account in an instrument within a minute, so
 * with fewer in all no rate can be too high, and what a replay measures is the system and not its throttle.
 */
export const ACCOUNT_ORDERS_MAX = 9_000;

/** What an account must own so that no order of the replay lacks funds, even if nothing were ever released. */
export interface AccountFunding {
  readonly account: string;
  /** Cents of all its buys, fees included. */
  readonly cashMinor: bigint;
  readonly shares: bigint;
}

/** Which account enters each order, and what each account needs. */
export interface ReplayAccounts {
  /** By command index; empty for commands that place nothing. */
  readonly ofCommand: readonly string[];
  readonly fundings: readonly AccountFunding[];
}

const BPS = 10_000n;

/** Name of a participant by its number from 0, as the development stack has certificates for: replay-01, replay-02 … */
export function participantName(participant: number): string {
  return `replay-${String(participant + 1).padStart(2, '0')}`;
}

/** Deals the orders of each participant out to as many of its accounts as needed: replay-01.main, replay-01.main-2 … */
export function dealAccounts({ commands, participantCount }: ReplayPlan, feeBpsMax: number): ReplayAccounts {
  const ordersOf = Array.from({ length: participantCount }, () => 0);
  const fundings = new Map<string, AccountFunding>();
  const ofCommand = commands.map((command) => {
    if (command.kind !== 'place') return '';
    const number = Math.floor(ordersOf[command.participant]! / ACCOUNT_ORDERS_MAX);
    ordersOf[command.participant]! += 1;
    const account = accountName(command.participant, number);
    const funding = fundings.get(account) ?? { account, cashMinor: 0n, shares: 0n };
    fundings.set(account, withOrder(funding, command, feeBpsMax));
    return account;
  });
  return { ofCommand, fundings: [...fundings.values()] };
}

function accountName(participant: number, number: number): string {
  const suffix = number === 0 ? '' : `-${number + 1}`;
  return `${participantName(participant)}.main${suffix}`;
}

function withOrder(
  funding: AccountFunding,
  { side, priceTicks, lots }: PlaceCommand,
  feeBpsMax: number,
): AccountFunding {
  if (side === 'SELL') return { ...funding, shares: funding.shares + BigInt(lots) };
  const notional = BigInt(priceTicks) * BigInt(lots);
  const fee = (notional * BigInt(feeBpsMax)) / BPS + 1n;
  return { ...funding, cashMinor: funding.cashMinor + notional + fee };
}
