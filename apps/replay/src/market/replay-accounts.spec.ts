import type { PlaceCommand, ReplayCommand, ReplayPlan } from '../plan/replay-command';
import { ACCOUNT_ORDERS_MAX, dealAccounts } from './replay-accounts';

function place(participant: number, side: 'BUY' | 'SELL', lots: number): PlaceCommand {
  return { kind: 'place', purpose: 'add', row: 1, side, priceTicks: 10_000, lots, participant, fills: [] };
}

function planOf(commands: readonly ReplayCommand[]): ReplayPlan {
  return { commands, participantCount: 8, figures: {} as ReplayPlan['figures'] };
}

describe('dealAccounts', () => {
  it('gives each participant its account and what all its orders could cost, fees included', () => {
    const cancel = { kind: 'cancel', purpose: 'delete', row: 2, order: 0 } as const;
    const plan = planOf([
      place(0, 'BUY', 3),
      place(1, 'SELL', 5),
      cancel,
      place(0, 'BUY', 1),
      place(0, 'SELL', 2),
    ]);
    const { ofCommand, fundings } = dealAccounts(plan, 2);
    expect(ofCommand).toEqual(['replay-01.main', 'replay-02.main', '', 'replay-01.main', 'replay-01.main']);
    expect(fundings).toEqual([
      { account: 'replay-01.main', cashMinor: 40_000n + 7n + 3n, shares: 2n },
      { account: 'replay-02.main', cashMinor: 0n, shares: 5n },
    ]);
  });

  it('opens another account before one could place orders too fast', () => {
    const plan = planOf(Array.from({ length: ACCOUNT_ORDERS_MAX + 1 }, () => place(7, 'SELL', 1)));
    const { ofCommand, fundings } = dealAccounts(plan, 2);
    expect(ofCommand.at(-1)).toBe('replay-08.main-2');
    expect(fundings.map(({ shares }) => shares)).toEqual([BigInt(ACCOUNT_ORDERS_MAX), 1n]);
  });
});
