import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import { RpcError } from '@clearway/platform-rpc';
import { DELAY_MAX_MS, Outbox } from './outbox';

type Call = SagaCall<string>;

function call(sagaNumber: number, over: Partial<Call> = {}): Call {
  return {
    participant: 'risk',
    sagaNumber,
    sagaKind: 'Toy',
    subject: sagaNumber,
    step: 1,
    phase: 'action',
    request: `r${sagaNumber}`,
    notBeforeMicros: 0,
    ...over,
  };
}

const log = { warn: jest.fn(), info: jest.fn() };
const nowMicros = () => Date.now() * 1_000;
const answer = (each: Call): StepAnswer => ({
  sagaNumber: each.sagaNumber,
  step: each.step,
  phase: each.phase,
  status: 'succeeded',
  result: Buffer.alloc(0),
});

function outbox(
  execute: (calls: readonly Call[]) => Promise<StepAnswer[]>,
  onAnswers?: (answers: StepAnswer[]) => Promise<void>,
) {
  const taken: StepAnswer[] = [];
  const box = new Outbox<string>('risk', {
    execute,
    onAnswers: onAnswers ?? (async (answers) => void taken.push(...answers)),
    nowMicros,
    log,
  });
  return { box, taken };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 3_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('Outbox', () => {
  it('sends what one turn asks for in one call', async () => {
    const sizes: number[] = [];
    const { box, taken } = outbox(async (calls) => {
      sizes.push(calls.length);
      return calls.map(answer);
    });
    for (let saga = 1; saga <= 700; saga += 1) box.add(call(saga));
    await until(() => taken.length === 700);
    expect(sizes).toEqual([500, 200]);
    expect(box.stats()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  it('asks an unreachable participant again until it answers, each step once in the end', async () => {
    let failures = 3;
    const { box, taken } = outbox(async (calls) => {
      if (failures-- > 0) throw new RpcError('NOT_READY');
      return calls.map(answer);
    });
    box.add(call(1));
    box.add(call(2));
    await until(() => taken.length === 2);
    expect(taken.map((each) => each.sagaNumber)).toEqual([1, 2]);
    expect(box.stats().failuresInRow).toBe(0);
  });

  it('isolates the step that spoils a call, so that no saga blocks another', async () => {
    const { box, taken } = outbox(async (calls) => {
      if (calls.some((each) => each.sagaNumber === 5)) throw new RpcError('FIELD_INVALID');
      return calls.map(answer);
    });
    for (let saga = 1; saga <= 9; saga += 1) box.add(call(saga));
    await until(() => taken.length === 9);
    const failed = taken.filter((each) => each.status === 'failed');
    expect(failed).toEqual([
      { sagaNumber: 5, step: 1, phase: 'action', status: 'failed', code: 'FIELD_INVALID' },
    ]);
  });

  it('drops an action that waits when its compensation comes', async () => {
    const sent: string[] = [];
    const { box } = outbox(async (calls) => {
      sent.push(...calls.map((each) => each.phase));
      return calls.map(answer);
    });
    box.add(call(1));
    box.add(call(1, { phase: 'compensation' }));
    await until(() => sent.length > 0);
    expect(sent).toEqual(['compensation']);
  });

  it('keeps a delayed attempt back until its time', async () => {
    const { box, taken } = outbox(async (calls) => calls.map(answer));
    const started = Date.now();
    box.add(call(1, { notBeforeMicros: nowMicros() + 60_000 }));
    await until(() => taken.length === 1);
    expect(Date.now() - started).toBeGreaterThanOrEqual(55);
  });

  it('asks again when the host could not take the answer', async () => {
    let refusals = 1;
    let asked = 0;
    const taken: StepAnswer[] = [];
    const { box } = outbox(
      async (calls) => {
        asked += 1;
        return calls.map(answer);
      },
      async (answers) => {
        if (refusals-- > 0) throw new RpcError('OVERLOADED');
        taken.push(...answers);
      },
    );
    box.add(call(1));
    await until(() => taken.length === 1);
    expect(asked).toBe(2);
  });

  it('says once that a participant is away, and when it is back', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    log.warn.mockClear();
    let away = true;
    const { box, taken } = outbox(async (calls) => {
      if (away) throw new RpcError('NOT_READY');
      return calls.map(answer);
    });
    box.add(call(1));
    for (let step = 0; step < 100; step += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(log.warn).toHaveBeenCalledTimes(1);
    away = false;
    for (let step = 0; step < 20; step += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(taken).toHaveLength(1);
    expect(log.info).toHaveBeenCalledWith({ participant: 'risk' }, 'participant is back');
    jest.useRealTimers();
  });

  it('tries a step again in seconds although journal time is hours ahead of the clock', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const { box, taken } = outbox(async (calls) => calls.map(answer));
    box.add(call(1, { notBeforeMicros: nowMicros() + 3_600e6 }));
    await jest.advanceTimersByTimeAsync(DELAY_MAX_MS);
    for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toHaveLength(1);
    jest.useRealTimers();
  });
});
