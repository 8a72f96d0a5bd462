import { type clearing, common, saga } from '@clearway/contracts';
import { executeStepsRpc } from './execute-steps.rpc';
import { callBy, inMemoryClearing } from './in-memory-clearing.fixture';

const leg: clearing.SettleLeg = {
  tradeNumber: 1,
  account: 'alice.main',
  side: common.Side.SIDE_BUY,
  baseAsset: 'AMZN',
  baseMinor: 5n,
  quoteAsset: 'USD',
  quoteMinor: 5_000n,
  feeMinor: 3n,
};
const { STEP_PHASE_ACTION, STEP_PHASE_COMPENSATION } = saga.StepPhase;

function settle(change: Partial<clearing.SettleLeg> = {}, phase = STEP_PHASE_ACTION): clearing.ClearingStep {
  const action = { $case: 'settleLeg', value: { ...leg, ...change } } as const;
  return { sagaNumber: 7, step: 0, phase, action, traceparent: '' };
}

function request(...steps: clearing.ClearingStep[]): clearing.ExecuteStepsRequest {
  return { originShard: 'trading/0', finishedBelow: 0, steps };
}

const trading = callBy('svc/trading');

describe('ExecuteSteps', () => {
  it('answers each step in order, and a repeated one the same', async () => {
    const handle = executeStepsRpc(inMemoryClearing());
    const reverse: clearing.ClearingStep = {
      sagaNumber: 7,
      step: 1,
      phase: STEP_PHASE_COMPENSATION,
      action: { $case: 'reverseLeg', value: { tradeNumber: 1 } },
      traceparent: '',
    };
    const first = await handle(request(settle(), reverse), trading);
    expect(first.results.map(({ status }) => status)).toEqual([
      saga.StepStatus.STEP_STATUS_REFUSED,
      saga.StepStatus.STEP_STATUS_SUCCEEDED,
    ]);
    expect(first.results[0]?.reasons.map(({ code }) => code)).toEqual(['INSUFFICIENT_FUNDS']);
    expect(await handle(request(settle(), reverse), trading)).toEqual(first);
  });

  it.each([
    ['a side that is none', settle({ side: common.Side.SIDE_UNSPECIFIED }), 'steps[0].settle_leg.side'],
    ['an amount of zero', settle({ baseMinor: 0n }), 'steps[0].settle_leg.base_minor'],
    ['an amount too large', settle({ quoteMinor: 2n ** 57n }), 'steps[0].settle_leg.quote_minor'],
    [
      'a fee beyond the proceeds',
      settle({ side: common.Side.SIDE_SELL, feeMinor: 5_001n }),
      'steps[0].settle_leg.fee_minor',
    ],
    ['one asset on both sides', settle({ baseAsset: 'USD' }), 'steps[0].settle_leg.base_asset'],
    ['the house as account', settle({ account: 'house.main' }), 'steps[0].settle_leg.account'],
    ['the wrong phase', settle({}, STEP_PHASE_COMPENSATION), 'steps[0].phase'],
    ['no action', { ...settle(), action: undefined }, 'steps[0].action'],
    ['no saga', { ...settle(), sagaNumber: 0 }, 'steps[0].saga_number'],
  ])('refuses a call with %s as a whole', async (_, step, field) => {
    const handle = executeStepsRpc(inMemoryClearing());
    await expect(handle(request(step, settle()), trading)).rejects.toMatchObject({
      reason: 'FIELD_INVALID',
      metadata: { field },
    });
  });

  it("refuses steps in another service's name", async () => {
    const handle = executeStepsRpc(inMemoryClearing());
    const foreign = { ...request(settle()), originShard: 'risk/0' };
    await expect(handle(foreign, trading)).rejects.toMatchObject({ metadata: { field: 'origin_shard' } });
  });
});
