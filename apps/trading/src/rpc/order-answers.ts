import { trading } from '@clearway/contracts';
import type { OrderView, ReplaceAnswer, Report, TradingOutcome } from '@clearway/domain-trading';
import { RpcError, toWireReasons } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';

const { CANCEL_OUTCOME_CANCELED, CANCEL_OUTCOME_TOO_LATE } = trading.CancelOutcome;

/** Milliseconds after which an overloaded service may be asked again. */
const OVERLOAD_RETRY_AFTER_MS = 200;

/** The answer to PlaceOrder. */
export function placedResponse(
  codec: OrderCodec,
  order: OrderView,
  fills: readonly Report[],
  duplicate: boolean,
): trading.PlaceOrderResponse {
  return { order: codec.order(order), fills: fills.map((fill) => codec.report(fill)), duplicate };
}

/** The answer to CancelOrder. A cancel that came while the order was on its way is decided by what became of it. */
export function canceledResponse(
  codec: OrderCodec,
  order: OrderView,
  wasCanceled: boolean,
): trading.CancelOrderResponse {
  return {
    outcome: wasCanceled ? CANCEL_OUTCOME_CANCELED : CANCEL_OUTCOME_TOO_LATE,
    order: codec.order(order),
  };
}

const REPLACE_OUTCOMES: Readonly<Record<ReplaceAnswer['outcome'], trading.ReplaceOutcome>> = {
  replaced: trading.ReplaceOutcome.REPLACE_OUTCOME_REPLACED,
  'too-late': trading.ReplaceOutcome.REPLACE_OUTCOME_TOO_LATE,
  refused: trading.ReplaceOutcome.REPLACE_OUTCOME_REFUSED,
};

/** The answer to ReplaceOrder. */
export function replacedResponse(
  codec: OrderCodec,
  { outcome, order, fills, reasons }: ReplaceAnswer,
  duplicate: boolean,
): trading.ReplaceOrderResponse {
  return {
    outcome: REPLACE_OUTCOMES[outcome],
    order: codec.order(order),
    reasons: toWireReasons(reasons),
    fills: fills.map((fill) => codec.report(fill)),
    duplicate,
  };
}

/** The error that an outcome without acceptance stands for. */
export function refusalOf(outcome: TradingOutcome): RpcError {
  if (outcome.kind === 'fields-invalid') {
    const fieldViolations = outcome.problems.map(({ field, problem }) => ({ field, description: problem }));
    const text = fieldViolations.map(({ field, description }) => `${field} ${description}`).join('; ');
    const [first] = fieldViolations;
    return new RpcError('FIELD_INVALID', text, first ? { field: first.field } : {}, { fieldViolations });
  }
  if (outcome.kind !== 'refused') throw new Error(`the outcome ${outcome.kind} is no refusal`);
  const { code, message, metadata } = outcome.reason;
  const options =
    code === 'OVERLOADED' || code === 'ORDER_PENDING' ? { retryAfterMs: OVERLOAD_RETRY_AFTER_MS } : {};
  return new RpcError(code, message, metadata, options);
}
