import type { MassCancelScope } from '../commands';
import { tradingMachine } from '../trading-machine';
import type { AdmissionCase } from './phase-cases';
import { refused, type TradingDesk } from './trading-desk';

const place = (desk: TradingDesk) => desk.place({ clOrdId: 'k' });

/** Cancels everything that a scope means; 0 means all orders that exist now. */
function cancelAll(desk: TradingDesk, scope: MassCancelScope, belowOrderNumber = 0): void {
  desk.do({ kind: 'MassCancel', scope, belowOrderNumber });
}

/** Alice's order trades with one of bob's, whose settlement is under way; then clearing refuses it. */
function refuseTrade(desk: TradingDesk, meanwhile: () => void): void {
  desk.participant = (request) => (request.kind === 'SettleLeg' ? undefined : 'ok');
  place(desk);
  desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL' });
  meanwhile();
  desk.participant = (request) => (request.kind === 'SettleLeg' ? refused('ACCOUNT_FROZEN') : 'ok');
  desk.answerPending();
}

/** The entries about orders that leave many at once, and about trades that are undone. */
export const DEPARTURE_CASES: Readonly<Record<string, AdmissionCase>> = {
  'mass-cancel live': {
    name: 'an order that has ended is not canceled once more',
    run: (desk) => {
      place(desk);
      desk.cancel('alice.main', 'k');
      cancelAll(desk, { participant: 'alice' });
    },
    gives: 'CANCELED 0/0/10/0 CANCELED_BY_OWNER asked 1',
  },
  'mass-cancel before': {
    name: 'an order that came after the mass cancel stays, however many turns that takes',
    run: (desk) => {
      desk.place({ account: 'bob.main', clOrdId: 'a' });
      place(desk);
      cancelAll(desk, {}, 2);
    },
    gives: 'NEW 10/0/0/0 asked 2',
  },
  'mass-cancel owner': {
    name: 'a participant cancels no order of another',
    run: (desk) => {
      place(desk);
      cancelAll(desk, { participant: 'bob' });
    },
    gives: 'NEW 10/0/0/0 asked 1',
  },
  'mass-cancel scope': {
    name: 'an order of the other side stays',
    run: (desk) => {
      place(desk);
      cancelAll(desk, { participant: 'alice', side: 'SELL' });
    },
    gives: 'NEW 10/0/0/0 asked 1',
  },
  'bust standing': {
    name: 'a trade is busted once, whoever says so again',
    run: (desk) =>
      refuseTrade(desk, () =>
        tradingMachine.evolve(
          desk.state,
          { kind: 'TradeBusted', tradeNumber: 1, reasons: refused('TRADE_BUSTED') },
          desk.nowMicros,
        ),
      ),
    gives: 'CANCELED 0/0/0/10 TRADE_BUSTED asked 2',
  },
};
