import type { trading } from '@clearway/contracts';
import type {
  CancelOrder,
  OrderReference,
  PlaceOrder,
  ReplaceOrder,
  SelfTradeAction,
  TimeInForce,
} from '@clearway/domain-trading';
import type { ReasonCode } from '@clearway/kernel';
import { type FieldCheck, fields, type PeerIdentity, requireOwnAccount } from '@clearway/platform-rpc';
import { ORD_TYPE, SELF_TRADE, SIDE, TIME_IN_FORCE } from '../codec/enums.codec';
import type { OrderCodec } from '../codec/order.codec';
import { type SelfTradeModes, selfTradeModeOf } from '../self-trade-modes';

/** Longest text that is taken at all; the domain checks each field's own form. */
const TEXT_CHARS_MAX = 64;
const TEXT = { charsMax: TEXT_CHARS_MAX };

/** PlaceOrder as a command: enums known, texts bounded, the account the caller's own. */
export function placeOrderCommand(
  request: trading.PlaceOrderRequest,
  caller: PeerIdentity,
  modes: SelfTradeModes,
): PlaceOrder {
  const check = fields();
  const account = check.text('account', request.account, TEXT);
  const clOrdId = check.text('cl_ord_id', request.clOrdId, TEXT);
  const symbol = check.text('symbol', request.symbol, TEXT);
  const quantity = check.text('order_qty', request.orderQty, TEXT);
  const price = check.optionalText('price', request.price, TEXT);
  const side = SIDE.fromWire(request.side);
  const ordType = ORD_TYPE.fromWire(request.ordType);
  const timeInForce: TimeInForce | undefined = TIME_IN_FORCE.fromWire(request.timeInForce);
  check.require(side !== undefined, 'side', 'must be SIDE_BUY or SIDE_SELL');
  check.require(
    ordType !== undefined,
    'ord_type',
    'must be MARKET, LIMIT, STOP_LOSS, STOP_LIMIT or TRAILING_STOP',
  );
  const isOmitted = request.timeInForce === 0;
  check.require(isOmitted || timeInForce !== undefined, 'time_in_force', 'has no known value');
  const selfTrade = selfTradeOf(request, modes, check);
  const stopPrice = check.optionalText('stop_price', request.stopPrice, TEXT);
  const trailingOffset = check.optionalText('trailing_offset', request.trailingOffset, TEXT);
  const displayQuantity = check.optionalText('display_qty', request.displayQty, TEXT);
  check.done();
  requireOwnAccount(caller, account);
  if (side === undefined || ordType === undefined) throw new Error('checked above');
  const { postOnly, expireAtMicros } = request;
  return {
    kind: 'PlaceOrder',
    account,
    clOrdId,
    symbol,
    side,
    ordType,
    timeInForce,
    postOnly,
    quantity,
    price,
    selfTrade,
    stopPrice,
    trailingOffset,
    expireAtMicros,
    displayQuantity,
  };
}

/** What the order asks for, or what its participant is configured for. */
function selfTradeOf(
  { selfTradePrevention, account }: trading.PlaceOrderRequest,
  modes: SelfTradeModes,
  check: FieldCheck,
): SelfTradeAction {
  if (selfTradePrevention === 0) return selfTradeModeOf(modes, account);
  const mode = SELF_TRADE.fromWire(selfTradePrevention);
  check.require(mode !== undefined, 'self_trade_prevention', 'has no known value');
  return mode ?? modes.others;
}

/** Names an order by its id, or by account and client order id. */
export interface WireReference {
  readonly orderId: string;
  readonly account: string;
  readonly clOrdId: string;
}

/** The order that a request names. An id of another form or shard names none, which is number 0. */
export function orderReference(request: WireReference, codec: OrderCodec): OrderReference {
  const { orderId, account, clOrdId } = request;
  const check = fields();
  if (orderId === '') {
    check.text('account', account, TEXT);
    check.text('cl_ord_id', clOrdId, TEXT);
  } else {
    check.require(account === '' && clOrdId === '', 'order_id', 'stands alone or not at all');
    check.text('order_id', orderId, TEXT);
  }
  check.done();
  return orderId === '' ? { account, clOrdId } : { orderNumber: codec.orderNumber(orderId) ?? 0 };
}

/** CancelOrder as a command of this caller; throws when it names an account of another participant. */
export function cancelOrderCommand(
  reference: OrderReference,
  caller: PeerIdentity,
  cause: ReasonCode = 'CANCELED_BY_OWNER',
): CancelOrder {
  if ('account' in reference) requireOwnAccount(caller, reference.account);
  return { kind: 'CancelOrder', reference, participant: participantOnly(caller), cause };
}

/** ReplaceOrder as a command of this caller; throws when it names an account of another participant. */
export function replaceOrderCommand(
  request: trading.ReplaceOrderRequest,
  codec: OrderCodec,
  caller: PeerIdentity,
): ReplaceOrder {
  const { orderId, account, origClOrdId } = request;
  const check = fields();
  const clOrdId = check.text('cl_ord_id', request.clOrdId, TEXT);
  const quantity = check.optionalText('order_qty', request.orderQty, TEXT);
  const price = check.optionalText('price', request.price, TEXT);
  const stopPrice = check.optionalText('stop_price', request.stopPrice, TEXT);
  const displayQuantity = check.optionalText('display_qty', request.displayQty, TEXT);
  if (orderId === '') check.text('orig_cl_ord_id', origClOrdId, TEXT);
  check.done();
  const reference = orderReference({ orderId, account, clOrdId: origClOrdId }, codec);
  if ('account' in reference) requireOwnAccount(caller, reference.account);
  const participant = participantOnly(caller);
  const changes = { quantity, price, stopPrice, displayQuantity };
  return { kind: 'ReplaceOrder', reference, participant, clOrdId, ...changes };
}

/** Name of a participant, whose view ends at its own accounts; undefined for operators, who see all. */
export function participantOnly(caller: PeerIdentity): string | undefined {
  return caller.kind === 'participant' ? caller.name : undefined;
}
