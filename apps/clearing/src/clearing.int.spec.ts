import { clearing, common, saga } from '@clearway/contracts';
import { ensureDevelopmentPki } from '@clearway/platform-pki';
import { ClearingWorld } from './clearing-world.fixture';
import { TRANSFER_WAIT_MS } from './rpc/request-transfer';

const { TRANSFER_STATUS_PENDING, TRANSFER_STATUS_COMPLETED, TRANSFER_STATUS_REFUSED } =
  clearing.TransferStatus;
const { STEP_PHASE_ACTION, STEP_PHASE_COMPENSATION } = saga.StepPhase;

function usd(requestId: string, amount: string, account = 'alice.main') {
  return { account, requestId, asset: 'USD', amount, bankReference: '' };
}

function leg(sagaNumber: number, step: number, change: Partial<clearing.SettleLeg>): clearing.ClearingStep {
  const value: clearing.SettleLeg = {
    tradeNumber: sagaNumber,
    account: 'alice.main',
    side: common.Side.SIDE_BUY,
    baseAsset: 'AMZN',
    baseMinor: 2n,
    quoteAsset: 'USD',
    quoteMinor: 5_000n,
    feeMinor: 3n,
    ...change,
  };
  return {
    sagaNumber,
    step,
    phase: STEP_PHASE_ACTION,
    action: { $case: 'settleLeg', value },
    traceparent: '',
  };
}

async function until(condition: () => Promise<boolean>, timeoutMs = 5_000): Promise<void> {
  for (const deadlineMs = Date.now() + timeoutMs; !(await condition()); ) {
    if (Date.now() > deadlineMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('clearing on a real Postgres', () => {
  let world: ClearingWorld;

  beforeAll(async () => {
    world = await ClearingWorld.create(ensureDevelopmentPki);
    await world.start();
  }, 60_000);

  afterAll(() => world.destroy());

  afterEach(async () => {
    const { results } = await world.as('operator/olga').invariants.call('checkInvariants', {});
    expect(results.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('completes a deposit, makes it available at risk, and answers its key again', async () => {
    const { clearing: bank } = world.as('operator/olga');
    const first = await bank.call('deposit', usd('d-1', '200.00'));
    expect(first).toMatchObject({ duplicate: false, transfer: { status: TRANSFER_STATUS_COMPLETED } });
    expect(world.risk.available('alice.main', 'USD')).toBe(20_000n);
    expect(await bank.call('deposit', usd('d-1', '200.00'))).toEqual({ ...first, duplicate: true });
    await expect(bank.call('deposit', usd('d-1', '200.01'))).rejects.toMatchObject({
      reason: 'REQUEST_ID_REUSED',
    });
    await expect(
      world.as('participant/alice').clearing.call('deposit', usd('d-2', '1')),
    ).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
  });

  it('completes a withdrawal by its owner, and refuses one that risk cannot hold', async () => {
    const { clearing: bank } = world.as('participant/alice');
    const done = await bank.call('withdraw', usd('w-1', '50.00'));
    expect(done.transfer?.status).toBe(TRANSFER_STATUS_COMPLETED);
    const refused = await bank.call('withdraw', usd('w-2', '150.01'));
    expect(refused.transfer?.status).toBe(TRANSFER_STATUS_REFUSED);
    expect(refused.transfer?.reasons.map(({ code }) => code)).toEqual(['INSUFFICIENT_FUNDS']);
    const { balances } = await bank.call('getBalances', { account: 'alice.main', asOfMicros: 0 });
    expect(balances).toEqual([{ asset: 'USD', amount: '150.00' }]);
  });

  it('settles both legs of a trade once, and reverses one on demand', async () => {
    const { admin, clearing: bank } = world.as('operator/olga');
    await bank.call('deposit', { ...usd('d-3', '2', 'bob.main'), asset: 'AMZN' });
    const trading = world.as('svc/trading');
    const steps = [leg(7, 0, {}), leg(7, 1, { account: 'bob.main', side: common.Side.SIDE_SELL })];
    const request = { originShard: 'trading/0', finishedBelow: 1, steps };
    const first = await trading.steps.call('executeSteps', request);
    expect(first.results.map(({ status }) => status)).toEqual([1, 1]);
    expect(await trading.steps.call('executeSteps', request)).toEqual(first);
    const ledger = await admin.call('listLedgerBalances', {});
    expect(ledger).toMatchObject({ legsSettled: 2, legsReversed: 0, settledBuyMinor: { USD: 5_000n } });
    const reverse: clearing.ClearingStep = {
      sagaNumber: 8,
      step: 0,
      phase: STEP_PHASE_COMPENSATION,
      action: { $case: 'reverseLeg', value: { tradeNumber: 8 } },
      traceparent: '',
    };
    const settled = await trading.steps.call('executeSteps', { ...request, steps: [leg(8, 0, {}), reverse] });
    expect(settled.results.map(({ status }) => status)).toEqual([1, 1]);
    await expect(world.as('operator/olga').steps.call('executeSteps', request)).rejects.toMatchObject({
      reason: 'METHOD_NOT_ALLOWED',
    });
  });

  it('shows the statement and past balances of an account, with all that was answered before', async () => {
    const { clearing: bank } = world.as('participant/alice');
    const query = { account: 'alice.main', asset: 'USD', pageSize: 3, pageToken: '' };
    const first = await bank.call('listPostings', query);
    const second = await bank.call('listPostings', { ...query, pageToken: first.nextPageToken });
    const lines = [...first.postings, ...second.postings];
    expect(lines.map(({ kind, balance }) => [kind, balance])).toEqual([
      ['DEPOSIT', '200.00'],
      ['WITHDRAWAL', '150.00'],
      ['SETTLEMENT', '99.97'],
      ['SETTLEMENT', '49.94'],
      ['REVERSAL', '99.97'],
    ]);
    expect(second.nextPageToken).toBe('');
    const asOfMicros = lines[1]?.atMicros ?? 0;
    const past = await bank.call('getBalances', { account: 'alice.main', asOfMicros });
    expect(past.balances).toEqual([{ asset: 'USD', amount: '150.00' }]);
    const bob = { ...query, account: 'bob.main' };
    await expect(bank.call('listPostings', bob)).rejects.toMatchObject({ reason: 'NOT_YOUR_ACCOUNT' });
    const future = { account: 'alice.main', asOfMicros: Date.now() * 1_000 + 60_000_000 };
    await expect(bank.call('getBalances', future)).rejects.toMatchObject({ reason: 'FIELD_INVALID' });
  });

  it('tells risk of a freeze and refuses the withdrawals of a frozen account', async () => {
    const { admin, clearing: bank } = world.as('operator/olga');
    await admin.call('freezeAccount', { account: 'alice.main', note: 'case 12' });
    await until(async () => world.risk.frozen.get('alice.main') === true);
    const availableMinor = world.risk.available('alice.main', 'USD');
    const { transfer } = await bank.call('withdraw', usd('w-3', '1.00'));
    expect(transfer?.reasons.map(({ code }) => code)).toEqual(['ACCOUNT_FROZEN']);
    await until(async () => world.risk.available('alice.main', 'USD') === availableMinor);
    await admin.call('unfreezeAccount', { account: 'alice.main', note: '' });
    await until(async () => world.risk.frozen.get('alice.main') === false);
  });

  it('goes on with a saga after a restart in the middle of it', async () => {
    world.risk.away = true;
    const before = world.as('operator/olga');
    // Longer than clearing waits for a saga, by enough that a busy machine gets the answer across.
    const timeoutMs = TRANSFER_WAIT_MS + 4_000;
    const { transfer } = await before.clearing.call('deposit', usd('d-9', '10.00'), { timeoutMs });
    expect(transfer?.status).toBe(TRANSFER_STATUS_PENDING);
    const { sagas } = await before.sagas.call('listSagas', { parkedOnly: false, pageSize: 0, pageToken: '' });
    expect(sagas.map(({ kind }) => kind)).toEqual(['Deposit']);
    await world.stop();
    await world.start();
    world.risk.away = false;
    const { clearing: bank } = world.as('operator/olga');
    await until(async () => {
      const found = await bank.call('getTransfer', { account: 'alice.main', requestId: 'd-9' });
      return found.transfer?.status === TRANSFER_STATUS_COMPLETED;
    });
    const { duplicate } = await bank.call('deposit', usd('d-9', '10.00'));
    expect(duplicate).toBe(true);
  });
});
