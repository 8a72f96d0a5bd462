import type { PhaseStart, TradingPhase } from '@clearway/domain-matching';
import type { PlaceOrder, TradingOutcome } from '../commands';
import type { TradingRules } from '../trading-rules';
import { TradingDesk } from './trading-desk';

/** Symbol of the instrument with sessions. */
export const EXCH = 'EXCH';
/** 2026-12-21 is a Monday. */
const MONDAY = '2026-12-21';

const DAY: readonly PhaseStart[] = [
  { secondOfDay: at('07:00'), phase: 'PRE_OPEN' },
  { secondOfDay: at('07:50'), phase: 'OPENING_AUCTION' },
  { secondOfDay: at('08:00'), phase: 'CONTINUOUS' },
  { secondOfDay: at('16:30'), phase: 'CLOSING_AUCTION' },
  { secondOfDay: at('16:35'), phase: 'CLOSED' },
];

/** Open from Monday to Friday, at any price. */
export const EXCHANGE_RULES: TradingRules = {
  calendar: { weekdays: [[], DAY, DAY, DAY, DAY, DAY, []], holidays: [] },
  bands: { staticBps: 0, dynamicBps: 0 },
  volatilityAuctionMs: 0,
};

/** A desk with an instrument that has sessions, on a Monday. The reference price is 100.00. */
export class SessionDesk extends TradingDesk {
  constructor(rules: Partial<TradingRules> = {}, time = '06:00') {
    super();
    this.setTime(time);
    this.list({ symbol: EXCH, baseAsset: EXCH, rules: { ...EXCHANGE_RULES, ...rules } });
  }

  /** Sets the time without telling anybody. */
  setTime(time: string, day = MONDAY): void {
    this.nowMicros = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`) * 1_000;
  }

  /** Lets it be this time. */
  goTo(time: string, day = MONDAY): TradingOutcome {
    this.setTime(time, day);
    return this.do({ kind: 'AdvanceClock' });
  }

  /** Halts the instrument or lets it trade again, after an auction of that length if one is asked for. */
  setStatus(status: 'OPEN' | 'HALTED', reopeningAuctionMs = 0): TradingOutcome {
    return this.do({ kind: 'SetTradingStatus', symbol: EXCH, status, reopeningAuctionMs });
  }

  /** Places an order for the instrument: "B 10@100.00", or "S 10" for one at market. */
  enter(clOrdId: string, text: string, over: Partial<PlaceOrder> = {}): TradingOutcome {
    const [side, rest = ''] = text.split(' ');
    const [quantity = '', price = ''] = rest.split('@');
    const ordType = price === '' ? 'MARKET' : 'LIMIT';
    const account = `${clOrdId.toLowerCase()}.main`;
    const terms = { symbol: EXCH, side: side === 'B' ? 'BUY' : 'SELL', ordType, quantity, price } as const;
    return this.place({ account, clOrdId, ...terms, ...over });
  }

  /** "STATUS leaves/cum/canceled/busted" and the reasons of an order that `enter` placed. */
  tells(clOrdId: string, account = `${clOrdId.toLowerCase()}.main`): string {
    const order = this.state.orders.get(this.state.keys.get(`${account}|${clOrdId}`) ?? 0);
    return [this.shows(clOrdId, account), ...(order?.reasons.map(({ code }) => code) ?? [])].join(' ');
  }

  /** The phase of the instrument. */
  get phase(): string {
    return this.state.markets.get(EXCH)?.phase ?? 'unknown';
  }

  /** "LOTS@TICKS buyer seller" of every trade, and every change of a phase, in order. */
  get story(): string[] {
    return this.events.flatMap(({ event }) => {
      if (event.kind === 'TradeExecuted')
        return [
          `${event.quantityLots}@${event.priceTicks} ${event.makerOrderNumber}+${event.takerOrderNumber}`,
        ];
      return event.kind === 'PhaseChanged' ? [`${event.phase} ${event.cause}`] : [];
    });
  }
}

/** A desk whose instrument is in the phase, with nothing in its book; throws when it does not come to it. */
export function deskIn(phase: TradingPhase): SessionDesk {
  const desk = new SessionDesk();
  const times: Partial<Record<TradingPhase, string>> = {
    PRE_OPEN: '07:10',
    OPENING_AUCTION: '07:55',
    CLOSING_AUCTION: '16:31',
    CLOSED: '20:00',
  };
  desk.goTo(times[phase] ?? '12:00');
  if (phase === 'HALTED' || phase === 'REOPENING_AUCTION') desk.setStatus('HALTED');
  if (phase === 'REOPENING_AUCTION') desk.setStatus('OPEN', 60_000);
  if (desk.phase !== phase) throw new Error(`in ${desk.phase}, not in ${phase}`);
  return desk;
}

function at(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return ((hours as number) * 60 + (minutes as number)) * 60;
}
