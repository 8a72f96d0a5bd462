import { reason } from '@clearway/kernel';
import type { ClearingOutcome } from './clearing-command';
import { InMemoryShard } from './in-memory-shard.fixture';
import { clearingInvariants } from './invariants';
import { type TransferBody, Transfers } from './transfers';

const body: TransferBody = {
  deposit: true,
  account: 'alice.main',
  requestId: 'd-1',
  asset: 'USD',
  amountMinor: 1_000n,
  bankReference: 'ref',
};
const withdrawal: TransferBody = { ...body, deposit: false, requestId: 'w-1', amountMinor: 400n };

function request(shard: InMemoryShard, asked: TransferBody): ClearingOutcome {
  return shard.execute({ kind: 'RequestTransfer', ...asked });
}

function statusOf(shard: InMemoryShard, { account, requestId }: TransferBody): string | undefined {
  return shard.state.transfers.find(account, requestId)?.status;
}

const asked = (shard: InMemoryShard) => shard.pending.map((call) => call.request.kind);

describe('Deposit', () => {
  it('posts at once and completes when risk has credited the funds', () => {
    const shard = new InMemoryShard();
    expect(request(shard, body)).toMatchObject({ kind: 'transfer', duplicate: false });
    expect(shard.balance('alice.main', 'USD')).toBe(1_000n);
    expect(asked(shard)).toEqual(['CreditFunds']);
    expect(statusOf(shard, body)).toBe('pending');
    shard.answer('succeeded');
    expect(statusOf(shard, body)).toBe('completed');
    expect(shard.state.sagas.liveCount).toBe(0);
  });

  it('parks when risk fails for good, and goes on with an operator', () => {
    const shard = new InMemoryShard();
    request(shard, body);
    for (let attempt = 0; attempt < 5; attempt++) shard.answer('failed');
    expect(shard.pending).toEqual([]);
    expect(shard.execute({ kind: 'CompensateSaga', sagaNumber: 1 })).toEqual({
      kind: 'steered',
      outcome: 'past-pivot',
    });
    shard.execute({ kind: 'RetrySaga', sagaNumber: 1 });
    shard.answer('succeeded');
    expect(statusOf(shard, body)).toBe('completed');
  });

  it('reaches a frozen account', () => {
    const shard = new InMemoryShard();
    shard.execute({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, note: '' });
    request(shard, body);
    expect(shard.balance('alice.main', 'USD')).toBe(1_000n);
  });

  it('answers a repeated key with the first transfer, and another body under it with a refusal', () => {
    const shard = new InMemoryShard();
    request(shard, body);
    const events = shard.events.length;
    expect(request(shard, body)).toMatchObject({ duplicate: true, transfer: { transferNumber: 1 } });
    for (const other of [{ amountMinor: 1n }, { asset: 'EUR' }, { deposit: false }, { bankReference: '' }])
      expect(request(shard, { ...body, ...other })).toEqual({ kind: 'request-id-reused' });
    expect(request(shard, { ...body, account: 'bob.main' })).toMatchObject({ duplicate: false });
    expect(shard.events.slice(events)).toHaveLength(3);
  });
});

describe('Withdraw', () => {
  it('holds, posts out and settles the hold', () => {
    const shard = new InMemoryShard();
    shard.fund('alice.main', 'USD', 1_000n);
    request(shard, withdrawal);
    expect(asked(shard)).toEqual(['HoldFunds']);
    expect(shard.balance('alice.main', 'USD')).toBe(1_000n);
    shard.answer('succeeded');
    expect(shard.balance('alice.main', 'USD')).toBe(600n);
    expect(asked(shard)).toEqual(['DebitHeldFunds']);
    shard.answer('succeeded');
    expect(statusOf(shard, withdrawal)).toBe('completed');
  });

  it('is refused with the reasons of risk, and nothing is held or posted', () => {
    const shard = new InMemoryShard();
    request(shard, withdrawal);
    shard.answer({
      status: 'refused',
      reasons: [reason('UNKNOWN_ACCOUNT')],
      sagaNumber: 1,
      step: 1,
      phase: 'action',
    });
    const transfer = shard.state.transfers.find('alice.main', 'w-1');
    expect(transfer?.status).toBe('refused');
    expect(transfer?.reasons.map(({ code }) => code)).toEqual(['UNKNOWN_ACCOUNT']);
    expect(shard.pending).toEqual([]);
    expect(shard.state.sagas.liveCount).toBe(0);
  });

  it('is refused by the ledger with every reason, and the hold is released', () => {
    const shard = new InMemoryShard();
    request(shard, withdrawal);
    shard.execute({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, note: '' });
    shard.answer('succeeded');
    expect(shard.state.transfers.find('alice.main', 'w-1')?.reasons.map(({ code }) => code)).toEqual([
      'ACCOUNT_FROZEN',
      'INSUFFICIENT_FUNDS',
    ]);
    expect(asked(shard)).toEqual(['SetAccountFrozen', 'ReleaseFunds']);
    shard.answer('succeeded', 1);
    expect(shard.state.sagas.liveCount).toBe(1);
    expect(statusOf(shard, withdrawal)).toBe('refused');
  });

  it('is undone at its deadline, and an answer that comes later changes nothing', () => {
    const shard = new InMemoryShard();
    shard.fund('alice.main', 'USD', 1_000n);
    request(shard, withdrawal);
    shard.nowMicros += 10_000_000;
    shard.execute({ kind: 'SagaTick' });
    expect(asked(shard)).toEqual(['HoldFunds', 'ReleaseFunds']);
    shard.answer('succeeded');
    expect(shard.balance('alice.main', 'USD')).toBe(1_000n);
    shard.answer('succeeded');
    expect(statusOf(shard, withdrawal)).toBe('refused');
    expect(shard.state.sagas.liveCount).toBe(0);
    expect(clearingInvariants(shard.state).every(({ holds }) => holds)).toBe(true);
  });
});

describe('FreezeAccount', () => {
  it('tells risk each change once, with a version that rises', () => {
    const shard = new InMemoryShard();
    const freeze = (frozen: boolean) =>
      shard.execute({ kind: 'SetAccountFrozen', account: 'alice.main', frozen, note: 'case 12' });
    freeze(true);
    freeze(true);
    freeze(false);
    expect(shard.pending.map((call) => call.request)).toEqual([
      { kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, version: 1 },
      { kind: 'SetAccountFrozen', account: 'alice.main', frozen: false, version: 2 },
    ]);
    shard.answer('succeeded');
    shard.answer('succeeded');
    expect(shard.state.sagas.liveCount).toBe(0);
    expect(shard.state.freezes.snapshot()).toMatchObject({ untold: [] });
  });

  it('asks risk the same after a restart', () => {
    const shard = new InMemoryShard();
    shard.execute({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, note: '' });
    const [before] = shard.pending.splice(0);
    shard.execute({ kind: 'SagaRecover' });
    expect(shard.pending).toEqual([before]);
  });
});

describe('Transfers', () => {
  it('remembers a bounded number of finished transfers and says how many it forgot', () => {
    const transfers = new Transfers(2);
    for (let number = 1; number <= 4; number++) {
      transfers.request(number, number, { ...body, requestId: `d-${number}` });
      if (number > 1) transfers.finish(number);
    }
    expect(transfers.all().map(({ transferNumber }) => transferNumber)).toEqual([1, 3, 4]);
    expect([transfers.forgottenCount, transfers.find('alice.main', 'd-2')]).toEqual([1, undefined]);
    expect(Transfers.restore(transfers.snapshot(), 2).snapshot()).toEqual(transfers.snapshot());
  });
});
