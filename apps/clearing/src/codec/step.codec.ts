import { type clearing, common, saga } from '@clearway/contracts';
import type { ClearingAction, ClearingStep, ClearingStepResult, SettleLeg } from '@clearway/domain-clearing';
import { AMOUNT_MINOR_MAX } from '@clearway/kernel';
import { type FieldCheck, TRACEPARENT_TEXT, toWireReasons } from '@clearway/platform-rpc';
import { fromWirePhase, toWirePhase } from '@clearway/platform-saga';
import { fromWireLeg } from './leg.codec';

const STATUSES: Readonly<Record<ClearingStepResult['status'], saga.StepStatus>> = {
  succeeded: saga.StepStatus.STEP_STATUS_SUCCEEDED,
  refused: saga.StepStatus.STEP_STATUS_REFUSED,
  stale: saga.StepStatus.STEP_STATUS_STALE,
};
const NO_RESULT = Buffer.alloc(0);
const ACTION = saga.StepPhase.STEP_PHASE_ACTION;
const COMPENSATION = saga.StepPhase.STEP_PHASE_COMPENSATION;
const SIDES = [common.Side.SIDE_BUY, common.Side.SIDE_SELL];
const STEPS_PER_SAGA_MAX = 1_000;
const ASSET = { charsMax: 20 };

/**
 * Checks the shape of a step and gives it as the domain knows it; undefined when it is wrong, which stands in `check` then.
 * A wrong step is a bug of the saga's host, so the whole call is refused and nothing of it is done.
 */
export function fromWireStep(
  wire: clearing.ClearingStep,
  at: string,
  check: FieldCheck,
): ClearingStep | undefined {
  const { sagaNumber, step, phase } = wire;
  check.integer(`${at}.saga_number`, sagaNumber, 1, Number.MAX_SAFE_INTEGER);
  check.integer(`${at}.step`, step, 0, STEPS_PER_SAGA_MAX);
  check.optionalText(`${at}.traceparent`, wire.traceparent, TRACEPARENT_TEXT);
  const action = fromWireAction(wire, at, check);
  return action && { sagaNumber, step, phase: fromWirePhase(phase), action };
}

function fromWireAction(
  { action, phase }: clearing.ClearingStep,
  at: string,
  check: FieldCheck,
): ClearingAction | undefined {
  switch (action?.$case) {
    case 'settleLeg':
      check.require(phase === ACTION, `${at}.phase`, 'must be ACTION for settle_leg');
      return checkLeg(action.value, `${at}.settle_leg`, check)
        ? { kind: 'SettleLeg', leg: fromWireLeg(action.value) }
        : undefined;
    case 'reverseLeg':
      check.require(phase === COMPENSATION, `${at}.phase`, 'must be COMPENSATION for reverse_leg');
      return { kind: 'ReverseLeg', tradeNumber: action.value.tradeNumber };
    case undefined:
      check.violation(`${at}.action`, 'must be set');
      return undefined;
  }
}

/** Tells whether the side can be decoded; every other fault is only noted. */
function checkLeg(leg: clearing.SettleLeg, at: string, check: FieldCheck): boolean {
  check.integer(`${at}.trade_number`, leg.tradeNumber, 1, Number.MAX_SAFE_INTEGER);
  check.accountId(`${at}.account`, leg.account);
  check.text(`${at}.base_asset`, leg.baseAsset, ASSET);
  check.text(`${at}.quote_asset`, leg.quoteAsset, ASSET);
  check.require(leg.baseAsset !== leg.quoteAsset, `${at}.base_asset`, 'must differ from quote_asset');
  check.require(isAmount(leg.baseMinor, 1n), `${at}.base_minor`, 'must be positive and not too large');
  check.require(isAmount(leg.quoteMinor, 1n), `${at}.quote_minor`, 'must be positive and not too large');
  check.require(isAmount(leg.feeMinor, 0n), `${at}.fee_minor`, 'must be zero or more and not too large');
  const takesMore = leg.side === common.Side.SIDE_SELL && leg.feeMinor > leg.quoteMinor;
  check.require(!takesMore, `${at}.fee_minor`, 'must not exceed quote_minor of a sell');
  check.oneOf(`${at}.side`, leg.side, SIDES);
  return SIDES.includes(leg.side);
}

function isAmount(minor: SettleLeg['baseMinor'], min: bigint): boolean {
  return minor >= min && minor <= AMOUNT_MINOR_MAX;
}

/** The answer to a step as the wire carries it. */
export function toWireStepResult(result: ClearingStepResult): saga.StepResult {
  const { sagaNumber, step, phase, status, reasons } = result;
  return {
    sagaNumber,
    step,
    phase: toWirePhase(phase),
    status: STATUSES[status],
    reasons: toWireReasons(reasons),
    result: NO_RESULT,
  };
}
