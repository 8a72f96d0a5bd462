import type { PlaceOrder } from '../commands';
import { tradingMachine } from '../trading-machine';
import { SessionDesk } from './session-desk';
import type { TradingDesk } from './trading-desk';

/** A case of one entry of the admission table: what comes of it, which is something else when the check is taken out. */
export interface AdmissionCase {
  readonly name: string;
  readonly run: (desk: TradingDesk) => void;
  readonly gives: string;
}

const STOP_LIMIT = { ordType: 'STOP_LIMIT', timeInForce: 'GTC' } as const;

/** Alice's order "k" for the instrument with sessions. */
function place(desk: SessionDesk, text: string, over: Partial<PlaceOrder> = {}): void {
  desk.enter('k', text, { account: 'alice.main', ...over });
}

/** Orders that trade at this price in the opening auction, which then is the reference of the static band. */
function letOpenAt(desk: SessionDesk, price: string): void {
  desk.enter('x', `B 5@${price}`);
  desk.enter('y', `S 5@${price}`);
}

/** Lets the opening auction come while risk is asked. */
function overTheOpening(desk: SessionDesk, ask: () => void): void {
  desk.participant = (request) =>
    request.kind === 'Reserve' || request.kind === 'RaiseHold' ? undefined : 'ok';
  ask();
  desk.participant = () => 'ok';
  desk.goTo('08:00');
  desk.answerPending();
}

function killUnswept(desk: SessionDesk): void {
  const event = { kind: 'KillSwitchEngaged', scope: 'account/alice.main', operator: 'o', note: '' } as const;
  tradingMachine.evolve(desk.state, event, desk.nowMicros);
}

function caseOf(name: string, time: string, play: (desk: SessionDesk) => void, gives: string): AdmissionCase {
  const run = () => {
    const desk = new SessionDesk({ bands: { staticBps: 1_000, dynamicBps: 0 } });
    desk.goTo(time);
    play(desk);
    return desk;
  };
  return { name, run: (into) => takeOver(into, run()), gives };
}

/** The desk that the table's test looks at becomes the one that was played on. */
function takeOver(into: TradingDesk, from: TradingDesk): void {
  Object.assign(into, from);
}

/** The entries about phases, bands and auctions. */
export const PHASE_CASES: Readonly<Record<string, AdmissionCase>> = {
  'accept staticBand': caseOf(
    'an order beyond the static band is rejected without asking risk',
    '12:00',
    (desk) => place(desk, 'B 1@150.00'),
    'REJECTED 0/0/1/0 PRICE_OUT_OF_BAND asked 0',
  ),
  'submit staticBand': caseOf(
    'an order that the band has moved away from while risk was asked never rests',
    '07:10',
    (desk) => {
      letOpenAt(desk, '91.00');
      overTheOpening(desk, () => place(desk, 'B 1@109.00'));
    },
    'REJECTED 0/0/1/0 PRICE_OUT_OF_BAND asked 4',
  ),
  'stop staticBand': caseOf(
    'a stop whose limit the band has moved away from while risk was asked never waits',
    '07:10',
    (desk) => {
      letOpenAt(desk, '91.00');
      overTheOpening(desk, () => place(desk, 'B 1@109.00', { ...STOP_LIMIT, stopPrice: '108.00' }));
    },
    'REJECTED 0/0/1/0 PRICE_OUT_OF_BAND asked 4',
  ),
  'trigger staticBand': caseOf(
    'a released stop whose limit the band has moved away from is canceled',
    '07:10',
    (desk) => {
      place(desk, 'S 1@109.00', { ...STOP_LIMIT, stopPrice: '99.00' });
      letOpenAt(desk, '91.00');
      desk.goTo('08:00');
    },
    'CANCELED 0/0/1/0 PRICE_OUT_OF_BAND asked 3',
  ),
  'replace-request staticBand': caseOf(
    'a replacement beyond the band is refused without asking risk',
    '12:00',
    (desk) => {
      place(desk, 'B 1@100.00');
      desk.replace({ of: 'k', clOrdId: 'l', price: '150.00' });
    },
    'NEW 1/0/0/0 asked 1',
  ),
  'replace staticBand': caseOf(
    'an order does not enter anew where the band no longer is',
    '07:10',
    (desk) => {
      place(desk, 'S 1@105.00');
      letOpenAt(desk, '91.00');
      overTheOpening(desk, () => desk.replace({ of: 'k', clOrdId: 'l', price: '109.00' }));
    },
    'NEW 1/0/0/0 refused PRICE_OUT_OF_BAND asked 5',
  ),
  'replace-stop staticBand': caseOf(
    'a stop gets no limit where the band no longer is',
    '07:10',
    (desk) => {
      place(desk, 'S 1@105.00', { ...STOP_LIMIT, stopPrice: '80.00' });
      letOpenAt(desk, '91.00');
      overTheOpening(desk, () => desk.replace({ of: 'k', clOrdId: 'l', price: '109.00' }));
    },
    'NEW 1/0/0/0 refused PRICE_OUT_OF_BAND asked 5',
  ),
  'replace-request limited': caseOf(
    'an order at market that waits for an auction is not replaced: its hold knows no limit',
    '07:10',
    (desk) => {
      place(desk, 'B 2', { timeInForce: 'AT_AUCTION' });
      desk.replace({ of: 'k', clOrdId: 'l', quantity: '1' });
    },
    'NEW 2/0/0/0 asked 1',
  ),
  'uncross kill': caseOf(
    'a killed account’s order does not trade in an auction before the sweep has come to it',
    '07:10',
    (desk) => {
      place(desk, 'B 1@100.00');
      desk.enter('b', 'S 1@100.00');
      killUnswept(desk);
      desk.goTo('08:00');
    },
    'CANCELED 0/0/1/0 KILL_SWITCH asked 2',
  ),
  'uncross protection': caseOf(
    'an auction fills no order at market beyond what its hold covers',
    '07:10',
    (desk) => {
      place(desk, 'B 1', { timeInForce: 'AT_AUCTION' });
      desk.enter('b', 'S 1@108.00');
      desk.goTo('08:00');
    },
    'CANCELED 0/0/1/0 BEYOND_PROTECTION asked 2',
  ),
};
