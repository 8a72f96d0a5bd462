import type { risk } from '@clearway/contracts';
import type { Reserve, RiskAction, RiskStep } from '@clearway/domain-risk';
import { type FieldCheck, TRACEPARENT_TEXT } from '@clearway/platform-rpc';
import { reserveFromWire, sideFromWire } from './reserve.codec';
import { CODE, requireAmount, requireWhole } from './risk-fields';
import { phaseFromWire } from './step-key.codec';

type WireAction = NonNullable<risk.RiskStep['action']>;

/** Largest fee that may be held: the whole notional. */
const FEE_BPS_MAX = 10_000;

/**
 * Converts one step of a saga and checks its shape. Violations go to `check` under `path`, for example `steps[3]`; the
 * step returned may be used only when there are none.
 */
export function riskStepFromWire(step: risk.RiskStep, path: string, check: FieldCheck): RiskStep | undefined {
  const phase = phaseFromWire(step.phase);
  requireWhole(check, `${path}.saga_number`, step.sagaNumber, 1);
  check.optionalText(`${path}.traceparent`, step.traceparent, TRACEPARENT_TEXT);
  check.require(phase !== undefined, `${path}.phase`, 'must be ACTION or COMPENSATION');
  check.require(step.action !== undefined, `${path}.action`, 'must be set');
  const action = step.action && actionFromWire(step.action, path, check);
  if (!phase || !action) return undefined;
  return { sagaNumber: step.sagaNumber, step: step.step, phase, action };
}

function actionFromWire(action: WireAction, path: string, check: FieldCheck): RiskAction | undefined {
  switch (action.$case) {
    case 'reserve': {
      const order = reserve(action.value, `${path}.reserve`, check);
      return order && { kind: 'Reserve', ...order };
    }
    case 'releaseHold':
      requireWhole(check, `${path}.release_hold.order_number`, action.value.orderNumber, 1);
      return { kind: 'ReleaseHold', ...action.value };
    case 'releaseLots':
      requireWhole(check, `${path}.release_lots.order_number`, action.value.orderNumber, 1);
      requireWhole(check, `${path}.release_lots.quantity_lots`, action.value.quantityLots, 1);
      return { kind: 'ReleaseLots', ...action.value };
    case 'raiseHold':
      return raiseHold(action.value, `${path}.raise_hold`, check);
    case 'lowerHold':
      return lowerHold(action.value, `${path}.lower_hold`, check);
    case 'applyFill':
      return applyFill(action.value, `${path}.apply_fill`, check);
    case 'creditFunds':
      return { kind: 'CreditFunds', ...funds(action.value, `${path}.credit_funds`, check) };
    case 'holdFunds':
      return { kind: 'HoldFunds', ...funds(action.value, `${path}.hold_funds`, check) };
    case 'releaseFunds':
      return { kind: 'ReleaseFunds', ...funds(action.value, `${path}.release_funds`, check) };
    case 'debitHeldFunds':
      return { kind: 'DebitHeldFunds', ...funds(action.value, `${path}.debit_held_funds`, check) };
    case 'setAccountFrozen':
      check.accountId(`${path}.set_account_frozen.account`, action.value.account);
      requireWhole(check, `${path}.set_account_frozen.version`, action.value.version, 0);
      return { kind: 'SetAccountFrozen', ...action.value };
  }
}

function raiseHold(
  { order, addedLots, version }: risk.RaiseHold,
  path: string,
  check: FieldCheck,
): RiskAction | undefined {
  requireWhole(check, `${path}.added_lots`, addedLots, 0);
  requireWhole(check, `${path}.version`, version, 1);
  const wanted = check.message(`${path}.order`, order);
  const checked = wanted && reserve(wanted, `${path}.order`, check);
  return checked && { kind: 'RaiseHold', order: checked, addedLots, version };
}

function lowerHold(lower: risk.LowerHold, path: string, check: FieldCheck): RiskAction {
  requireWhole(check, `${path}.order_number`, lower.orderNumber, 1);
  requireWhole(check, `${path}.quantity_lots`, lower.quantityLots, 0);
  requireWhole(check, `${path}.price_ticks`, lower.priceTicks, 1);
  requireWhole(check, `${path}.version`, lower.version, 1);
  return { kind: 'LowerHold', ...lower };
}

function reserve(order: risk.Reserve, path: string, check: FieldCheck): Reserve | undefined {
  requireWhole(check, `${path}.order_number`, order.orderNumber, 1);
  check.accountId(`${path}.account`, order.account);
  check.text(`${path}.symbol`, order.symbol, CODE);
  requireWhole(check, `${path}.quantity_lots`, order.quantityLots, 1);
  requireWhole(check, `${path}.price_ticks`, order.priceTicks, 0);
  requireWhole(check, `${path}.market_price_ticks`, order.marketPriceTicks, 1);
  check.text(`${path}.base_asset`, order.baseAsset, CODE);
  check.text(`${path}.quote_asset`, order.quoteAsset, CODE);
  check.require(
    order.baseAsset !== order.quoteAsset,
    `${path}.quote_asset`,
    'must differ from the base asset',
  );
  requireAmount(check, `${path}.lot_size_minor`, order.lotSizeMinor);
  requireAmount(check, `${path}.tick_value_minor`, order.tickValueMinor);
  check.require(order.feeBps <= FEE_BPS_MAX, `${path}.fee_bps`, `must be at most ${FEE_BPS_MAX}`);
  const hasSide = sideFromWire(order.side) !== undefined;
  check.require(hasSide, `${path}.side`, 'must be BUY or SELL');
  return hasSide ? reserveFromWire(order) : undefined;
}

function applyFill(fill: risk.ApplyFill, path: string, check: FieldCheck): RiskAction {
  requireWhole(check, `${path}.order_number`, fill.orderNumber, 1);
  requireWhole(check, `${path}.quantity_lots`, fill.quantityLots, 1);
  requireWhole(check, `${path}.price_ticks`, fill.priceTicks, 1);
  check.require(fill.feeMinor >= 0n, `${path}.fee_minor`, 'must not be negative');
  return { kind: 'ApplyFill', ...fill };
}

function funds(value: risk.CreditFunds, path: string, check: FieldCheck): risk.CreditFunds {
  check.accountId(`${path}.account`, value.account);
  check.text(`${path}.asset`, value.asset, CODE);
  requireAmount(check, `${path}.amount_minor`, value.amountMinor);
  return value;
}
