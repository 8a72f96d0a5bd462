import { reason } from '@clearway/kernel';
import fc from 'fast-check';
import { clearingMachine } from './clearing-machine';
import type { ClearingStep, ClearingStepResult } from './clearing-step';
import { aLeg, InMemoryShard, reverseStep, settleStep } from './in-memory-shard.fixture';
import { clearingInvariants } from './invariants';

const ACCOUNTS = ['alice.main', 'bob.main', 'carol.main'];
const account = fc.constantFrom(...ACCOUNTS);
const amount = fc.bigInt({ min: 1n, max: 2_000n });

const legAction = fc.record({
  kind: fc.constant('leg' as const),
  saga: fc.integer({ min: 1, max: 12 }),
  step: fc.constantFrom(0, 1),
  account,
});
const reverseAction = fc.record({
  kind: fc.constant('reverse' as const),
  saga: fc.integer({ min: 1, max: 12 }),
  step: fc.constantFrom(0, 1),
});
const transferAction = fc.record({
  kind: fc.constant('transfer' as const),
  deposit: fc.boolean(),
  account,
  asset: fc.constantFrom('USD', 'AMZN'),
  amountMinor: amount,
  requestId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
});
const answerAction = fc.record({
  kind: fc.constant('answer' as const),
  at: fc.nat(20),
  how: fc.constantFrom('succeeded' as const, 'refused' as const, 'failed' as const),
});
const freezeAction = fc.record({ kind: fc.constant('freeze' as const), account, frozen: fc.boolean() });
const simpleAction = fc.record({
  kind: fc.constantFrom('wait' as const, 'recover' as const, 'repeat' as const),
});
const action = fc.oneof(
  { weight: 6, arbitrary: legAction },
  { weight: 2, arbitrary: reverseAction },
  { weight: 4, arbitrary: transferAction },
  { weight: 6, arbitrary: answerAction },
  { weight: 1, arbitrary: freezeAction },
  { weight: 2, arbitrary: simpleAction },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Runs random actions and keeps what every step was answered, so that it can be asked again. */
class Run {
  readonly shard = new InMemoryShard();
  readonly asked: { step: ClearingStep; result: ClearingStepResult }[] = [];

  constructor() {
    for (const name of ACCOUNTS) this.shard.fund(name, 'USD', 6_000n);
    for (const name of ACCOUNTS) this.shard.fund(name, 'AMZN', 6n);
  }

  act(next: Action): void {
    switch (next.kind) {
      case 'leg':
        return this.ask(settleStep(next.saga, next.step, this.legOf(next)));
      case 'reverse':
        return this.ask(reverseStep(next.saga, next.step, next.saga));
      case 'transfer':
        return void this.shard.execute({ ...next, kind: 'RequestTransfer', bankReference: '' });
      case 'answer':
        return this.answer(next.at, next.how);
      case 'freeze':
        return void this.shard.execute({ ...next, kind: 'SetAccountFrozen', note: '' });
      case 'wait':
        this.shard.nowMicros += 6_000_000;
        return void this.shard.execute({ kind: 'SagaTick' });
      case 'recover':
        this.shard.pending.length = 0;
        return void this.shard.execute({ kind: 'SagaRecover' });
      case 'repeat':
        return this.repeat();
    }
  }

  private legOf({ saga, step, account: owner }: { saga: number; step: number; account: string }) {
    const baseMinor = BigInt(1 + (saga % 3));
    const side = step === 0 ? ('buy' as const) : ('sell' as const);
    return aLeg({ tradeNumber: saga, account: owner, side, baseMinor, quoteMinor: baseMinor * 700n });
  }

  private ask(step: ClearingStep): void {
    const [result] = this.shard.steps([step]);
    if (result && !this.asked.some((each) => sameKey(each.step, step))) this.asked.push({ step, result });
  }

  private answer(at: number, how: 'succeeded' | 'refused' | 'failed'): void {
    const { pending } = this.shard;
    if (pending.length === 0) return;
    const index = at % pending.length;
    const call = pending[index];
    if (!call) return;
    if (how !== 'refused') return this.shard.answer(how, index);
    const mayRefuse = call.request.kind === 'HoldFunds';
    const refused = { ...call, status: 'refused', reasons: [reason('INSUFFICIENT_FUNDS')] } as const;
    this.shard.answer(mayRefuse ? refused : 'succeeded', index);
  }

  private repeat(): void {
    const before = this.shard.events.length;
    for (const { step, result } of this.asked) expect(this.shard.steps([step])).toEqual([result]);
    expect(this.shard.events).toHaveLength(before);
  }
}

function sameKey(a: ClearingStep, b: ClearingStep): boolean {
  return a.sagaNumber === b.sagaNumber && a.step === b.step && a.phase === b.phase;
}

describe('clearingMachine', () => {
  it('keeps its invariants after every step of any history, and replays to the same snapshot', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 60 }), (actions) => {
        const run = new Run();
        for (const next of actions) {
          run.act(next);
          expectSound(run.shard);
        }
        const replayed = clearingMachine.create();
        for (const { event, atMicros } of run.shard.events) clearingMachine.evolve(replayed, event, atMicros);
        const snapshot = clearingMachine.snapshot(run.shard.state);
        expect(clearingMachine.snapshot(replayed)).toEqual(snapshot);
        expect(clearingMachine.snapshot(clearingMachine.restore(snapshot))).toEqual(snapshot);
      }),
      { numRuns: 300 },
    );
  });

  it('lets nothing ride that a replay would not bring about again', () => {
    const run = new Run();
    run.shard.steps([settleStep(1, 0, aLeg())], 600);
    run.shard.steps([], 1_200);
    const riding = run.shard.events.filter(({ event }) => clearingMachine.rides(event));
    expect([...new Set(riding.map(({ event }) => event.kind))].sort()).toEqual(['Saga', 'SagasFinished']);
  });
});

/** Only a reversal may overdraw; every other invariant holds always. */
function expectSound(shard: InMemoryShard): void {
  const reversed = shard.events.some(({ event }) => event.kind === 'LegReversed');
  const broken = clearingInvariants(shard.state).filter(
    ({ name, holds }) => !holds && !(reversed && name === 'no-customer-overdrawn'),
  );
  expect(broken).toEqual([]);
}
