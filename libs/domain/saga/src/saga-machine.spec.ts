import { type Reason, reason } from '@clearway/kernel';
import {
  LOCAL,
  RETRY_DEFAULT,
  type SagaCall,
  type SagaDefinition,
  type SagaOutput,
  type StepAnswer,
} from './definition';
import { type SagaEvent, sagaEventRides } from './events';
import { type StepOutcome, SUCCEEDED } from './participant-log';
import { type SagaHost, SagaMachine } from './saga-machine';
import { Sagas } from './sagas';

type Request = string;

class ToyHost implements SagaHost<Request> {
  sagas = new Sagas();
  nowMicros = 0;
  readonly events: SagaEvent[] = [];
  readonly did: string[] = [];
  outputs: SagaOutput<Request>[] = [];
  localOutcome: StepOutcome = SUCCEEDED;
  remainder = false;

  emitSaga(event: SagaEvent): void {
    this.events.push(event);
    this.sagas.evolve(event);
  }

  publishSaga(output: SagaOutput<Request>): void {
    this.outputs.push(output);
  }

  calls(): SagaCall<Request>[] {
    const calls = this.outputs.flatMap((output) => (output.kind === 'saga-call' ? [output.call] : []));
    this.outputs = this.outputs.filter((output) => output.kind !== 'saga-call');
    return calls;
  }

  ended(): string[] {
    return this.outputs.flatMap((o) =>
      o.kind === 'saga-ended' ? [`${o.sagaNumber} ${o.completed ? 'completed' : 'compensated'}`] : [],
    );
  }
}

/** Accept and reserve side by side, submit as pivot, release of a remainder only when there is one. */
const placeOrder: SagaDefinition<ToyHost, Request> = {
  kind: 'PlaceOrder',
  pivotStage: 1,
  deadlineMs: 5_000,
  retry: RETRY_DEFAULT,
  stages: [
    [
      { name: 'accept', participant: LOCAL, compensation: (host) => void host.did.push('reject') },
      { name: 'reserve', participant: 'risk', action: () => 'reserve', compensation: () => 'release' },
    ],
    [
      {
        name: 'submit',
        participant: LOCAL,
        action: (host, _saga, result) => {
          host.did.push(`submit ${Buffer.from(result('reserve')).toString()}`);
          return host.localOutcome;
        },
      },
    ],
    [
      {
        name: 'releaseRemainder',
        participant: 'risk',
        action: () => 'release remainder',
        needed: (host) => host.remainder,
      },
    ],
  ],
};

/** Two legs side by side, both undone when one is refused; then two fills that only go forward. */
const settle: SagaDefinition<ToyHost, Request> = {
  kind: 'SettleTrade',
  pivotStage: 1,
  deadlineMs: 60_000,
  retry: RETRY_DEFAULT,
  stages: [
    [{ name: 'hold', participant: 'risk', compensation: () => 'free' }],
    [
      { name: 'buy', participant: 'clearing', action: () => 'buy', compensation: () => 'unbuy' },
      { name: 'sell', participant: 'clearing', action: () => 'sell', compensation: () => 'unsell' },
    ],
    [
      { name: 'fillBuy', participant: 'risk', action: () => 'fill buy' },
      { name: 'fillSell', participant: 'risk', action: () => 'fill sell' },
    ],
  ],
};

const machine = new SagaMachine<ToyHost, Request>([placeOrder, settle]);

function start(kind: string): ToyHost {
  const host = new ToyHost();
  machine.apply(host.sagas, { number: 1, kind, subject: 17, atMicros: 0 });
  machine.begin(host, 1);
  return host;
}

function ok(call: SagaCall<Request>, result = ''): StepAnswer {
  return {
    sagaNumber: call.sagaNumber,
    step: call.step,
    phase: call.phase,
    status: 'succeeded',
    result: Buffer.from(result),
  };
}

function refuse(call: SagaCall<Request>, reasons: Reason[] = [reason('ORDER_RATE')]): StepAnswer {
  return { sagaNumber: call.sagaNumber, step: call.step, phase: call.phase, status: 'refused', reasons };
}

function fail(call: SagaCall<Request>, code = 'INTERNAL'): StepAnswer {
  return { sagaNumber: call.sagaNumber, step: call.step, phase: call.phase, status: 'failed', code };
}

function only(host: ToyHost): SagaCall<Request> {
  const calls = host.calls();
  expect(calls).toHaveLength(1);
  return calls[0] as SagaCall<Request>;
}

const requests = (calls: SagaCall<Request>[]) => calls.map((call) => call.request);

describe('SagaMachine going forward', () => {
  it('reserves, submits with what reserve answered, and ends in one event', () => {
    const host = start('PlaceOrder');
    machine.answered(host, [ok(only(host), '42')]);
    expect(host.did).toEqual(['submit 42']);
    expect(host.events.map((event) => event.kind)).toEqual(['SagaAdvanced']);
    expect(host.ended()).toEqual(['1 completed']);
    expect(host.sagas.finishedBelow).toBe(2);
  });

  it('executes a conditional step only when it is needed', () => {
    const host = start('PlaceOrder');
    host.remainder = true;
    machine.answered(host, [ok(only(host))]);
    const release = only(host);
    expect(release.request).toBe('release remainder');
    machine.answered(host, [ok(release)]);
    expect(host.ended()).toEqual(['1 completed']);
  });

  it('asks the steps of a stage side by side and goes on when all have answered', () => {
    const host = start('SettleTrade');
    const [buy, sell] = host.calls() as [SagaCall<Request>, SagaCall<Request>];
    machine.answered(host, [ok(sell)]);
    expect(host.calls()).toEqual([]);
    machine.answered(host, [ok(buy)]);
    expect(requests(host.calls())).toEqual(['fill buy', 'fill sell']);
  });

  it('ignores an answer that comes twice', () => {
    const host = start('SettleTrade');
    const [buy] = host.calls();
    machine.answered(host, [ok(buy as SagaCall<Request>)]);
    const before = host.events.length;
    machine.answered(host, [ok(buy as SagaCall<Request>)]);
    expect(host.events).toHaveLength(before);
  });
});

describe('SagaMachine going back', () => {
  it('does not undo the step that was refused', () => {
    const host = start('PlaceOrder');
    machine.answered(host, [refuse(only(host))]);
    expect(host.did).toEqual(['reject']);
    expect(host.calls()).toEqual([]);
    expect(host.ended()).toEqual(['1 compensated']);
  });

  it('undoes what was reserved when the book refuses', () => {
    const host = start('PlaceOrder');
    host.localOutcome = { status: 'refused', reasons: [reason('FOK_UNFILLABLE')] };
    machine.answered(host, [ok(only(host))]);
    const release = only(host);
    expect([release.request, release.phase]).toEqual(['release', 'compensation']);
    expect(host.did).toEqual(['submit ', 'reject']);
    machine.answered(host, [ok(release)]);
    expect(host.ended()).toEqual(['1 compensated']);
  });

  it('reverses the other leg too, whether it was posted or not yet answered, and then what came before', () => {
    const host = start('SettleTrade');
    const [, sell] = host.calls() as [SagaCall<Request>, SagaCall<Request>];
    machine.answered(host, [refuse(sell, [reason('ACCOUNT_FROZEN')])]);
    const unbuy = only(host);
    expect(unbuy.request).toBe('unbuy');
    machine.answered(host, [ok(unbuy)]);
    const free = only(host);
    expect(free.request).toBe('free');
    machine.answered(host, [ok(free)]);
    expect(host.ended()).toEqual(['1 compensated']);
  });

  it('turns round at the deadline and releases what may have been reserved', () => {
    const host = start('PlaceOrder');
    const reserve = only(host);
    host.nowMicros = 4_999_999;
    machine.tick(host);
    expect(host.calls()).toEqual([]);
    host.nowMicros = 5_000_000;
    machine.tick(host);
    expect(host.did).toEqual(['reject']);
    const release = only(host);
    expect(release.request).toBe('release');
    machine.answered(host, [ok(reserve)]);
    expect(host.did).toEqual(['reject']);
    machine.answered(host, [ok(release)]);
    expect(host.ended()).toEqual(['1 compensated']);
  });

  it('never turns round past its pivot', () => {
    const host = start('SettleTrade');
    machine.answered(
      host,
      host.calls().map((call) => ok(call)),
    );
    host.nowMicros = 3_600_000_000;
    machine.tick(host);
    expect(machine.compensate(host, 1)).toBe('past-pivot');
    expect(requests(host.calls())).toEqual(['fill buy', 'fill sell']);
  });
});

describe('SagaMachine and faults', () => {
  it('retries with back-off, then compensates before the pivot', () => {
    const host = start('PlaceOrder');
    const waits: number[] = [];
    let call = only(host);
    for (let attempt = 1; attempt < RETRY_DEFAULT.attemptsMax; attempt += 1) {
      machine.answered(host, [fail(call)]);
      call = only(host);
      waits.push(call.notBeforeMicros / 1_000);
    }
    expect(waits).toEqual([100, 200, 400, 800]);
    machine.answered(host, [fail(call)]);
    expect(only(host).request).toBe('release');
    expect(host.did).toEqual(['reject']);
  });

  it('parks a step past the pivot, lets its neighbour finish, and goes on after an operator retries', () => {
    const host = start('SettleTrade');
    machine.answered(
      host,
      host.calls().map((call) => ok(call)),
    );
    let [fillBuy, fillSell] = host.calls() as [SagaCall<Request>, SagaCall<Request>];
    for (let attempt = 1; attempt < RETRY_DEFAULT.attemptsMax; attempt += 1) {
      machine.answered(host, [fail(fillBuy)]);
      fillBuy = only(host);
    }
    machine.answered(host, [fail(fillBuy)]);
    expect(host.events.at(-1)).toMatchObject({ kind: 'StepParked', step: fillBuy.step, code: 'INTERNAL' });
    machine.answered(host, [ok(fillSell)]);
    expect(host.ended()).toEqual([]);
    machine.recover(host);
    expect(host.calls()).toEqual([]);
    expect(machine.retry(host, 1)).toBe('done');
    machine.answered(host, [ok(only(host))]);
    expect(host.ended()).toEqual(['1 completed']);
  });

  it('parks a compensation that is refused', () => {
    const host = start('SettleTrade');
    const [, sell] = host.calls() as [SagaCall<Request>, SagaCall<Request>];
    machine.answered(host, [refuse(sell)]);
    machine.answered(host, [refuse(only(host))]);
    expect(host.events.at(-1)).toMatchObject({ kind: 'StepParked', phase: 'compensation' });
  });
});

describe('SagaMachine after a crash', () => {
  it('asks again for exactly what it waits for, going forward and back', () => {
    const host = start('SettleTrade');
    const [buy] = host.calls() as [SagaCall<Request>];
    machine.answered(host, [ok(buy)]);
    host.sagas = Sagas.restore(host.sagas.snapshot());
    machine.recover(host);
    expect(requests(host.calls())).toEqual(['sell']);
    machine.compensate(host, 1);
    host.calls();
    host.sagas = Sagas.restore(host.sagas.snapshot());
    machine.recover(host);
    expect(requests(host.calls())).toEqual(['unbuy', 'unsell']);
  });

  it('lets answers ride and makes turning round durable', () => {
    const host = start('PlaceOrder');
    machine.answered(host, [refuse(only(host))]);
    expect(host.events.map(sagaEventRides)).toEqual([true, true]);
    expect(sagaEventRides({ kind: 'CompensationStarted', sagaNumber: 1, reasons: [] })).toBe(false);
  });

  it('makes passing a remote pivot durable before any step past it is asked for', () => {
    const host = start('SettleTrade');
    machine.answered(
      host,
      host.calls().map((leg) => ok(leg)),
    );
    expect(requests(host.calls())).toEqual(['fill buy', 'fill sell']);
    expect(host.events.map(sagaEventRides)).toEqual([false]);

    // Had it ridden, a crash could have lost it after the fills were applied, and this word would undo the legs under them.
    const forgotten = start('SettleTrade');
    expect(machine.compensate(forgotten, 1)).toBe('done');
    expect(machine.compensate(host, 1)).toBe('past-pivot');
  });

  it('lets the last answers of a saga ride', () => {
    const host = start('SettleTrade');
    for (let stage = 0; stage < 2; stage++)
      machine.answered(
        host,
        host.calls().map((call) => ok(call)),
      );
    expect(host.ended()).toEqual(['1 completed']);
    expect(host.events.map(sagaEventRides)).toEqual([false, true]);
  });
});
