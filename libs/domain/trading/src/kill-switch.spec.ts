import type { KillScope } from './kill-scope';
import { SWEPT_A_TURN_MAX } from './sweep-orders';
import { expectSound } from './testing/expect-sound';
import { TradingDesk } from './testing/trading-desk';

describe('kill switch', () => {
  const engage = (desk: TradingDesk, scope: KillScope) =>
    desk.do({ kind: 'EngageKillSwitch', scope, operator: 'op/a', note: 'test' });

  const SCOPES: [scope: KillScope, alice: string, bob: string][] = [
    ['all', 'CANCELED 0/0/10/0', 'CANCELED 0/0/10/0'],
    ['instrument/AMZN', 'CANCELED 0/0/10/0', 'CANCELED 0/0/10/0'],
    ['account/alice.main', 'CANCELED 0/0/10/0', 'NEW 10/0/0/0'],
  ];
  it.each(SCOPES)(
    '%s cancels what it covers, refuses new orders of it, and says when none is left',
    (scope, alice, bob) => {
      const desk = new TradingDesk();
      desk.place({ clOrdId: 'a' });
      desk.place({ account: 'bob.main', clOrdId: 'b' });
      expect(engage(desk, scope)).toMatchObject({ kind: 'swept', openOrders: 0 });
      expect([desk.shows('a'), desk.shows('b', 'bob.main')]).toEqual([alice, bob]);
      expect(desk.place({ clOrdId: 'n' })).toMatchObject({
        kind: 'answered',
        order: { reasons: [{ code: 'KILL_SWITCH' }] },
      });
      expect(desk.state.killSwitches.get(scope)).toMatchObject({
        provenAtMicros: desk.nowMicros,
        canceledOrders: bob.startsWith('C') ? 2 : 1,
      });
      expect(desk.cancel('bob.main', 'b').kind).toBe(bob.startsWith('C') ? 'too-late' : 'canceled');
      expectSound(desk);
    },
  );

  it('proves nothing while an order waits for risk, and keeps it from the book when the answer comes', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'a' });
    expect(engage(desk, 'all')).toMatchObject({ openOrders: 1, killSwitch: { provenAtMicros: 0 } });
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.shows('a')).toBe('REJECTED 0/0/10/0');
    expect(desk.do({ kind: 'SweepKillSwitch', scope: 'all' })).toMatchObject({ openOrders: 0 });
    expectSound(desk);
  });

  it('needs two persons to release', () => {
    const desk = new TradingDesk();
    const request = (operator: string) =>
      desk.do({ kind: 'RequestKillSwitchRelease', scope: 'all', operator });
    const confirm = (operator: string) =>
      desk.do({ kind: 'ConfirmKillSwitchRelease', scope: 'all', operator });
    expect(request('op/a')).toMatchObject({ reason: { code: 'UNKNOWN_KILL_SWITCH' } });
    engage(desk, 'all');
    expect(confirm('op/b')).toMatchObject({ reason: { code: 'SECOND_PERSON_NEEDED' } });
    request('op/a');
    expect(confirm('op/a')).toMatchObject({ reason: { code: 'SECOND_PERSON_NEEDED' } });
    expect(confirm('op/b')).toEqual({ kind: 'done' });
    expect(desk.place({ clOrdId: 'n' })).toMatchObject({ kind: 'accepted' });
    expectSound(desk);
  });

  it('is cancelled in bounded turns', () => {
    const desk = new TradingDesk();
    for (let n = 0; n < SWEPT_A_TURN_MAX + 10; n += 1) desk.place({ clOrdId: `k${n}`, quantity: '1' });
    expect(engage(desk, 'all')).toMatchObject({ openOrders: 10 });
    expect(desk.do({ kind: 'SweepKillSwitch', scope: 'all' })).toMatchObject({ openOrders: 0 });
    expect(desk.state.killSwitches.get('all')?.canceledOrders).toBe(SWEPT_A_TURN_MAX + 10);
    expectSound(desk);
  });
});
