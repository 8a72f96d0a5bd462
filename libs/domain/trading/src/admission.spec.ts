import { ADMISSION_TABLE, type AdmissionCheckName, type AdmissionPath } from './admission';
import type { PlaceOrder } from './commands';
import { DEPARTURE_CASES } from './testing/departure-cases';
import { type AdmissionCase, PHASE_CASES } from './testing/phase-cases';
import { EXCH, SessionDesk } from './testing/session-desk';
import { TradingDesk } from './testing/trading-desk';
import { tradingMachine } from './trading-machine';

type Table = Record<AdmissionPath, AdmissionCheckName[]>;

/** What a case brings about, as one line: state and reasons of alice's order "k", and what risk was asked. */
function lineOf(desk: TradingDesk): string {
  const order = [...desk.state.orders.values()].find(({ terms }) => terms.account === 'alice.main');
  const reasons = order?.reasons.map(({ code }) => code).join(' ') ?? '';
  const answer = desk.replaced.at(-1);
  const replaced = answer ? ` ${answer.outcome} ${answer.reasons.map(({ code }) => code).join(' ')}` : '';
  const asked = desk.asked.filter((kind) => kind === 'Reserve' || kind === 'RaiseHold').length;
  return `${desk.shows('k')} ${reasons}${replaced} asked ${asked}`.replaceAll(/ +/g, ' ');
}

const halt = (desk: TradingDesk) => desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });

/** A switch whose sweep has not come round yet: it takes off a limited number a turn. */
const kill = (desk: TradingDesk) =>
  tradingMachine.evolve(
    desk.state,
    { kind: 'KillSwitchEngaged', scope: 'account/alice.main', operator: 'o', note: '' },
    desk.nowMicros,
  );

/** What no test can bring about in earnest: two million orders at rest. */
const fill = (desk: TradingDesk, what: 'book' | 'stops') =>
  Object.defineProperty(desk.state.markets.get('AMZN')?.[what], 'isFull', { get: () => true });

const stop = { ordType: 'STOP_LOSS', timeInForce: 'GTC', price: '', stopPrice: '101.00' } as const;
const stopLimit = { ...stop, ordType: 'STOP_LIMIT', price: '101.00' } as const;

/** Does something while risk is asked about alice's order, then lets risk agree. */
function meanwhile(desk: TradingDesk, ask: () => void, act: () => void): void {
  desk.participant = (request) =>
    request.kind === 'Reserve' || request.kind === 'RaiseHold' ? undefined : 'ok';
  ask();
  act();
  desk.participant = () => 'ok';
  desk.answerPending();
}

const placing = (over: Partial<PlaceOrder>, act: (desk: TradingDesk) => void) => (desk: TradingDesk) =>
  meanwhile(
    desk,
    () => desk.place({ clOrdId: 'k', ...over }),
    () => act(desk),
  );

const replacing =
  (over: Partial<PlaceOrder>, change: object, act: (desk: TradingDesk) => void) => (desk: TradingDesk) => {
    desk.place({ clOrdId: 'k', ...over });
    meanwhile(
      desk,
      () => desk.replace({ of: 'k', clOrdId: 'l', ...change }),
      () => act(desk),
    );
  };

/** A trade at 101.00 that releases alice's stop, with something done before it. */
const triggering = (over: Partial<PlaceOrder>, act: (desk: TradingDesk) => void) => (desk: TradingDesk) => {
  desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', quantity: '1', price: '101.00' });
  desk.place({ clOrdId: 'k', ...over });
  act(desk);
  desk.place({ account: 'carol.main', clOrdId: 'b', quantity: '1', price: '101.00', timeInForce: 'IOC' });
};

/** As after a turn that released more stops than it may bring to the book. */
const release = (desk: TradingDesk) => {
  desk.state.markets.get('AMZN')?.stops.remove(1);
  desk.state.elected.push(1);
};

const sell = (desk: TradingDesk, over: Partial<PlaceOrder> = {}) =>
  desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', ...over });
const cancel = (desk: TradingDesk) => desk.cancel('alice.main', 'k');
const place = (desk: TradingDesk, over: Partial<PlaceOrder>) => desk.place({ clOrdId: 'k', ...over });

/** One named case for each entry of the table: what comes of it, which is something else when the check is taken out. */
const CASES: Readonly<Record<string, AdmissionCase>> = {
  ...PHASE_CASES,
  ...DEPARTURE_CASES,
  'accept kill': {
    name: 'a killed account’s order is rejected without asking risk',
    run: (desk) => {
      kill(desk);
      place(desk, {});
    },
    gives: 'REJECTED 0/0/10/0 KILL_SWITCH asked 0',
  },
  'accept phase': {
    name: 'an order during a halt is rejected without asking risk',
    run: (desk) => {
      halt(desk);
      place(desk, {});
    },
    gives: 'REJECTED 0/0/10/0 INSTRUMENT_HALTED asked 0',
  },
  'submit canceled': {
    name: 'an order that is canceled while risk is asked never rests',
    run: placing({}, cancel),
    gives: 'CANCELED 0/0/10/0 CANCELED_BY_OWNER asked 2',
  },
  'submit kill': {
    name: 'an order that is killed while risk is asked never rests',
    run: placing({}, kill),
    gives: 'REJECTED 0/0/10/0 KILL_SWITCH asked 2',
  },
  'submit phase': {
    name: 'an order whose instrument is halted while risk is asked never trades',
    run: placing({}, halt),
    gives: 'REJECTED 0/0/10/0 INSTRUMENT_HALTED asked 2',
  },
  'submit postOnly': {
    name: 'a post-only order does not take',
    run: (desk) => {
      sell(desk);
      place(desk, { postOnly: true });
    },
    gives: 'REJECTED 0/0/10/0 POST_ONLY_WOULD_TRADE asked 2',
  },
  'submit fillOrKill': {
    name: 'a FOK order fills whole or not at all',
    run: (desk) => {
      sell(desk, { quantity: '4' });
      place(desk, { timeInForce: 'FOK' });
    },
    gives: 'REJECTED 0/0/10/0 FOK_UNFILLABLE asked 2',
  },
  'submit liquidity': {
    name: 'a market order that finds nobody is rejected',
    run: (desk) => place(desk, { ordType: 'MARKET', price: '' }),
    gives: 'REJECTED 0/0/10/0 NO_LIQUIDITY asked 1',
  },
  'submit room': {
    name: 'an order that the full book has no room for is rejected',
    run: (desk) => {
      fill(desk, 'book');
      place(desk, {});
    },
    gives: 'REJECTED 0/0/10/0 OVERLOADED asked 1',
  },
  'submit expired': {
    name: 'an order whose time passes while risk is asked never trades',
    run: placing({ timeInForce: 'GTD', expireAtMicros: 1_000_000_000_000_001 }, (desk) => {
      desk.nowMicros += 1;
    }),
    gives: 'REJECTED 0/0/10/0 GTD_EXPIRED asked 2',
  },
  'stop expired': {
    name: 'a stop whose time passes while risk is asked never waits',
    run: placing({ ...stop, timeInForce: 'GTD', expireAtMicros: 1_000_000_000_000_001 }, (desk) => {
      desk.nowMicros += 1;
    }),
    gives: 'REJECTED 0/0/10/0 GTD_EXPIRED asked 2',
  },
  'stop canceled': {
    name: 'a stop that is canceled while risk is asked never waits',
    run: placing(stop, cancel),
    gives: 'CANCELED 0/0/10/0 CANCELED_BY_OWNER asked 2',
  },
  'stop kill': {
    name: 'a stop that is killed while risk is asked never waits',
    run: placing(stop, kill),
    gives: 'REJECTED 0/0/10/0 KILL_SWITCH asked 2',
  },
  'stop phase': {
    name: 'a stop whose instrument is halted while risk is asked never waits',
    run: placing(stop, halt),
    gives: 'REJECTED 0/0/10/0 INSTRUMENT_HALTED asked 2',
  },
  'stop stopRoom': {
    name: 'a stop that there is no room for is rejected',
    run: (desk) => {
      fill(desk, 'stops');
      place(desk, stop);
    },
    gives: 'REJECTED 0/0/10/0 OVERLOADED asked 1',
  },
  'release matching': {
    name: 'a released stop stays where it is during a halt',
    run: (desk) => {
      place(desk, stopLimit);
      release(desk);
      tradingMachine.evolve(
        desk.state,
        { kind: 'TradingStatusChanged', symbol: 'AMZN', status: 'HALTED' },
        desk.nowMicros,
      );
      desk.do({ kind: 'TriggerStops' });
      desk.do({
        kind: 'CancelOrder',
        reference: { orderNumber: 1 },
        participant: undefined,
        cause: 'DISCONNECTED',
      });
      desk.asked.push(
        ...desk.reports.filter(({ execType }) => execType === 'TRIGGERED').map(() => 'Reserve' as const),
      );
    },
    gives: 'CANCELED 0/0/10/0 DISCONNECTED asked 1',
  },
  'trigger kill': {
    name: 'a killed account’s stop does not trade when its price comes',
    run: triggering(stopLimit, kill),
    gives: 'CANCELED 0/0/10/0 KILL_SWITCH asked 3',
  },
  'trigger liquidity': {
    name: 'a stop loss that finds nobody is canceled for that',
    run: triggering(stop, () => undefined),
    gives: 'CANCELED 0/0/10/0 NO_LIQUIDITY asked 3',
  },
  'trigger room': {
    name: 'a stop limit that the full book has no room for is canceled',
    run: triggering(stopLimit, (desk) => fill(desk, 'book')),
    gives: 'CANCELED 0/0/10/0 OVERLOADED asked 3',
  },
  'replace-request kill': {
    name: 'a killed account’s order is not replaced, even to a smaller quantity',
    run: (desk) => {
      place(desk, {});
      kill(desk);
      desk.replace({ of: 'k', clOrdId: 'l', quantity: '4' });
    },
    gives: 'NEW 10/0/0/0 asked 1',
  },
  'replace-request phaseOpen': {
    name: 'no order is replaced during a halt, even to a smaller quantity',
    run: (desk) => {
      place(desk, {});
      halt(desk);
      desk.replace({ of: 'k', clOrdId: 'l', quantity: '4' });
    },
    gives: 'NEW 10/0/0/0 asked 1',
  },
  'replace open': {
    name: 'an order that is filled while risk is asked does not come back',
    run: replacing({}, { quantity: '20' }, (desk) => cancel(desk)),
    gives: 'CANCELED 0/0/10/0 CANCELED_BY_OWNER too-late TOO_LATE_TO_REPLACE asked 3',
  },
  'replace kill': {
    name: 'an order that is killed while risk is asked keeps its terms until the sweep',
    run: replacing({}, { price: '100.01' }, kill),
    gives: 'NEW 10/0/0/0 refused KILL_SWITCH asked 3',
  },
  'replace phaseOpen': {
    name: 'an order does not enter anew during a halt',
    run: replacing({}, { price: '100.01' }, halt),
    gives: 'NEW 10/0/0/0 refused INSTRUMENT_HALTED asked 3',
  },
  'replace postOnly': {
    name: 'a post-only order does not take at its new price either',
    run: (desk) => {
      sell(desk, { price: '100.01' });
      place(desk, { postOnly: true });
      desk.replace({ of: 'k', clOrdId: 'l', price: '100.01' });
    },
    gives: 'NEW 10/0/0/0 refused POST_ONLY_WOULD_TRADE asked 3',
  },
  'replace-stop kill': {
    name: 'a stop that is killed while risk is asked keeps its terms until the sweep',
    run: replacing(stop, { stopPrice: '102.00' }, kill),
    gives: 'NEW 10/0/0/0 refused KILL_SWITCH asked 3',
  },
  'replace-stop phaseOpen': {
    name: 'a stop does not move during a halt',
    run: replacing(stop, { stopPrice: '102.00' }, halt),
    gives: 'NEW 10/0/0/0 refused INSTRUMENT_HALTED asked 3',
  },
  'replace-stop waiting': {
    name: 'a stop that is released while risk is asked does not go back to wait',
    run: (desk) => {
      sell(desk, { price: '103.00' });
      const calls: string[] = [];
      replacing({ ...stop, clOrdId: 'k' }, { stopPrice: '102.00' }, () => {
        const market = desk.state.markets.get('AMZN');
        market?.stops.remove(2);
        desk.state.elected.push(2);
        calls.push('released');
      })(desk);
    },
    gives: 'FILLED 0/10/0/0 too-late TOO_LATE_TO_REPLACE asked 4',
  },
};

function outcomeOf(run: (desk: TradingDesk) => void): string {
  const desk = new TradingDesk();
  try {
    run(desk);
    return lineOf(desk);
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

describe('the admission table', () => {
  const entries = (Object.entries(ADMISSION_TABLE) as [AdmissionPath, AdmissionCheckName[]][]).flatMap(
    ([path, checks]) => checks.map((check) => [path, check] as const),
  );

  it('has a case for every entry, and no case without one', () => {
    expect(Object.keys(CASES).sort()).toEqual(entries.map(([path, check]) => `${path} ${check}`).sort());
  });

  it.each(entries)('%s × %s: its case holds, and fails without it', (path, check) => {
    const { name, run, gives } = CASES[`${path} ${check}`] ?? { name: '', run: () => undefined, gives: '' };
    expect(`${name}: ${outcomeOf(run)}`).toBe(`${name}: ${gives}`);
    const table = ADMISSION_TABLE as Table;
    const whole = table[path];
    table[path] = whole.filter((each) => each !== check);
    try {
      expect(`${name}: ${outcomeOf(run)}`).not.toBe(`${name}: ${gives}`);
    } finally {
      table[path] = whole;
    }
  });

  it.each([
    ['killed and not swept yet', kill],
    ['in a book that is full', (desk: TradingDesk) => fill(desk, 'book')],
    [
      'after a halt',
      (desk: TradingDesk) => {
        halt(desk);
        desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'OPEN' });
      },
    ],
  ])('lets an iceberg show itself anew %s, without asking anybody', (_when, act) => {
    expect(ADMISSION_TABLE.refresh).toEqual([]);
    const desk = new TradingDesk();
    place(desk, { displayQuantity: '2' });
    act(desk);
    const asked = desk.asked.length;
    desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', quantity: '5', timeInForce: 'IOC' });
    expect(desk.shows('k')).toBe('PARTIALLY_FILLED 5/5/0/0');
    expect(desk.state.markets.get('AMZN')?.book.order(1)).toMatchObject({ quantityLots: 1, reserveLots: 4 });
    expect(desk.asked.slice(asked).filter((kind) => kind === 'Reserve')).toHaveLength(1);
  });

  it('busts no trade that both legs of have settled, whatever an operator says', () => {
    const desk = new TradingDesk();
    desk.participant = (request) => (request.kind === 'ApplyFill' ? undefined : 'ok');
    place(desk, {});
    sell(desk);
    const sagaNumber = desk.state.trades.get(1)?.sagaNumber ?? 0;
    expect(desk.do({ kind: 'CompensateSaga', sagaNumber })).toMatchObject({ outcome: 'past-pivot' });
    expect(desk.shows('k')).toBe('FILLED 0/10/0/0');
  });

  it.each(['07:10', '12:00', '16:31', '20:00'])('lets an expiry pass at %s, halted and killed', (time) => {
    expect(ADMISSION_TABLE.expiry).toEqual([]);
    const desk = new SessionDesk();
    desk.goTo('07:05');
    const expireAtMicros = desk.nowMicros + 86_400_000_000;
    desk.enter('a', 'B 1@100.00', { account: 'alice.main', timeInForce: 'GTD', expireAtMicros });
    desk.goTo(time);
    desk.do({ kind: 'SetTradingStatus', symbol: EXCH, status: 'HALTED' });
    kill(desk);
    desk.nowMicros = expireAtMicros;
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.tells('a', 'alice.main')).toBe('EXPIRED 0/0/1/0 GTD_EXPIRED');
    expect(desk.asked.at(-1)).toBe('ReleaseLots');
  });
});
