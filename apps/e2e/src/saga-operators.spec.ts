import { saga } from '@clearway/contracts';
import { brokenInvariants, type Cluster, type Peer, until, whenQuiet } from '@clearway/testing';
import { lookUp, order, place, SIDE_SELL, seen, startMarket } from './market';

jest.setTimeout(60_000);

const { SAGA_STATUS_COMPENSATING, SAGA_STATUS_RUNNING } = saga.SagaStatus;
const PAGE = { parkedOnly: false, pageSize: 100, pageToken: '' };

describe('operators see and steer sagas', () => {
  let cluster: Cluster;
  let operator: Peer;
  let alice: Peer;
  let bob: Peer;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
    operator = cluster.operator;
    alice = cluster.as('alice');
    bob = cluster.as('bob');
  });

  afterEach(async () => {
    if (cluster === undefined) return;
    for (const service of ['risk', 'clearing'] as const)
      if (!cluster.process(service).isRunning) await cluster.start(service);
    await whenQuiet(operator);
  });

  afterAll(async () => cluster?.close());

  const sagasOf = async (kind: string): Promise<saga.Saga[]> => {
    const { sagas } = await operator.tradingSagas.call('listSagas', PAGE);
    return sagas.filter((each) => each.kind === kind);
  };

  /** Makes a trade that cannot settle because clearing is down; gives both orders and the saga's id. */
  const tradeWithoutClearing = async () => {
    await cluster.kill('clearing');
    const sell = order('bob', { side: SIDE_SELL });
    const buy = order('alice');
    await place(bob, sell);
    expect(await place(alice, buy)).toMatchObject({ status: 'FILLED' });
    const [settling] = await until('a saga that settles', async () => {
      const sagas = await sagasOf('SettleTrade');
      return sagas.length > 0 && sagas;
    });
    return { sell, buy, sagaId: settling?.sagaId ?? '' };
  };

  it('ListSagas and GetSaga show what waits for whom, and RetrySaga is taken', async () => {
    const { buy, sagaId } = await tradeWithoutClearing();
    const { saga: found } = await operator.tradingSagas.call('getSaga', { sagaId });
    expect(found).toMatchObject({ sagaId, kind: 'SettleTrade', status: SAGA_STATUS_RUNNING });
    const steps = Object.fromEntries(
      (found?.steps ?? []).map(({ name, participant, state }) => [name, { participant, state }]),
    );
    expect(steps.settleBuyLeg).toEqual({ participant: 'clearing', state: 'RUNNING' });
    expect(steps.settleSellLeg).toEqual({ participant: 'clearing', state: 'RUNNING' });
    expect(steps.applyBuyFill).toEqual({ participant: 'risk', state: 'PENDING' });
    const parked = await operator.tradingSagas.call('listSagas', { ...PAGE, parkedOnly: true });
    expect(parked.sagas).toEqual([]);

    expect(await operator.tradingSagas.call('retrySaga', { sagaId })).toMatchObject({ saga: { sagaId } });
    await cluster.start('clearing');
    await whenQuiet(operator);
    expect((await lookUp(alice, buy)).unsettledQty).toBe('0');
    await expect(operator.tradingSagas.call('getSaga', { sagaId })).rejects.toMatchObject({
      status: 'NOT_FOUND',
      reason: 'UNKNOWN_SAGA',
    });
  });

  it('CompensateSaga busts a trade that has not reached its pivot', async () => {
    const { buy, sell, sagaId } = await tradeWithoutClearing();
    const { saga: turned } = await operator.tradingSagas.call('compensateSaga', { sagaId });
    expect(turned).toMatchObject({
      status: SAGA_STATUS_COMPENSATING,
      reasons: [{ code: 'OPERATOR_COMPENSATED' }],
    });
    await cluster.start('clearing');
    await whenQuiet(operator);
    for (const [peer, request] of [[alice, buy] as const, [bob, sell] as const]) {
      const busted = await lookUp(peer, request);
      expect(seen(busted)).toMatchObject({ cum: '0', leaves: '0' });
      expect(seen(busted).reasons).toEqual(expect.arrayContaining(['TRADE_BUSTED', 'OPERATOR_COMPENSATED']));
    }
  });

  it('CompensateSaga is refused with PAST_PIVOT once both legs are settled', async () => {
    const { buy, sagaId } = await tradeWithoutClearing();
    await cluster.kill('risk');
    await cluster.start('clearing');
    await until('the legs to be settled', async () => {
      const { saga: found } = await operator.tradingSagas.call('getSaga', { sagaId });
      const legs = found?.steps.filter(({ name }) => name.startsWith('settle')) ?? [];
      return legs.length === 2 && legs.every(({ state }) => state === 'SUCCEEDED');
    });
    await expect(operator.tradingSagas.call('compensateSaga', { sagaId })).rejects.toMatchObject({
      status: 'FAILED_PRECONDITION',
      reason: 'PAST_PIVOT',
    });
    await cluster.start('risk');
    await whenQuiet(operator);
    expect(await lookUp(alice, buy)).toMatchObject({ cumQty: '10', unsettledQty: '0' });
  });

  it("clearing's own sagas are shown too", async () => {
    await cluster.kill('risk');
    const request = {
      account: 'alice.main',
      requestId: 'later',
      asset: 'USD',
      amount: '1.00',
      bankReference: 'x',
    };
    const asked = operator.clearing.call('deposit', request);
    const [waiting] = await until('a deposit that waits', async () => {
      const { sagas } = await operator.clearingSagas.call('listSagas', PAGE);
      return sagas.length > 0 && sagas;
    });
    expect(waiting).toMatchObject({ kind: 'Deposit', status: SAGA_STATUS_RUNNING });
    await cluster.start('risk');
    await asked;
    await whenQuiet(operator);
  });

  it('leaves every invariant whole', async () => {
    expect(await brokenInvariants(cluster)).toEqual([]);
  });
});
