import type { SelfTradeAction } from '@clearway/domain-matching';
import type { PlaceOrder } from '../commands';
import { tradingMachine, tradingMachineWith } from '../trading-machine';
import { UNCROSS_LIMITS, type UncrossLimits } from '../uncross-limits';
import { SessionDesk } from './session-desk';
import type { TradingDesk } from './trading-desk';

/** Has a desk decide with other limits of an auction's turns for as long as something is done. */
export function withLimits<Result>(
  desk: TradingDesk,
  limits: Partial<UncrossLimits>,
  act: () => Result,
): Result {
  desk.machine = tradingMachineWith({ ...UNCROSS_LIMITS, ...limits });
  try {
    return act();
  } finally {
    desk.machine = tradingMachine;
  }
}

/** An order of an auction that is made up. */
export interface AuctionOrder {
  readonly owner: 'a' | 'b' | 'c' | 'd';
  readonly side: 'B' | 'S';
  readonly lots: number;
  readonly cents: number;
  readonly kind: 'limit' | 'iceberg' | 'market' | 'auction' | 'stop';
  readonly selfTrade: SelfTradeAction;
}

/** Some orders of an opening auction; the participant "d" may be killed before it ends. */
export interface AuctionPlay {
  readonly orders: readonly AuctionOrder[];
  readonly isKilled: boolean;
}

/** A desk in its opening auction with these orders, whose participants keep silent from now on. */
export function collected({ orders, isKilled }: AuctionPlay): SessionDesk {
  const desk = new SessionDesk({}, '07:55');
  orders.forEach(({ owner, side, lots, cents, kind, selfTrade }, at) => {
    const price = (cents / 100).toFixed(2);
    const text = kind === 'market' ? `${side} ${lots}` : `${side} ${lots}@${price}`;
    desk.enter(`o${at}`, text, { account: `${owner}.main`, selfTrade, ...kindOf(kind, lots, price) });
  });
  if (isKilled) {
    const event = { kind: 'KillSwitchEngaged', scope: 'account/d.main', operator: 'o', note: '' } as const;
    desk.events.push({ event, atMicros: desk.nowMicros });
    tradingMachine.evolve(desk.state, event, desk.nowMicros);
  }
  desk.participant = () => undefined;
  return desk;
}

function kindOf(kind: AuctionOrder['kind'], lots: number, stopPrice: string): Partial<PlaceOrder> {
  if (kind === 'market' || kind === 'auction') return { timeInForce: 'AT_AUCTION' };
  if (kind === 'stop') return { ordType: 'STOP_LIMIT', stopPrice, timeInForce: 'GTC' };
  return kind === 'iceberg' ? { displayQuantity: `${Math.ceil(lots / 3)}` } : {};
}
