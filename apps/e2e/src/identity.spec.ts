import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { audit, trading } from '@clearway/contracts';
import { createAuthority, issueCertificate } from '@clearway/platform-pki';
import { RpcError } from '@clearway/platform-rpc';
import { type Cluster, type Peer, until } from '@clearway/testing';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { type Forged, forge } from './forged-certificate';
import { accountOf, order, SYMBOL, startMarket, TRADING_STATUS_OPEN } from './market';

jest.setTimeout(60_000);

const CALL_TIMEOUT_MS = 3_000;

describe('who is refused, and with which code', () => {
  let cluster: Cluster;
  let ca: { certificatePem: string; privateKeyPem: string };

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
    const pem = (file: string): string => readFileSync(join(cluster.stateDir, 'pki', file), 'utf8');
    ca = { certificatePem: pem('ca.crt'), privateKeyPem: pem('ca.key') };
  });

  afterAll(async () => cluster?.close());

  const leafOf = (authority: typeof ca, days: number): Promise<Forged> =>
    issueCertificate(authority, {
      spiffeId: 'spiffe://clearway/participant/alice',
      commonName: 'alice',
      dnsNames: [],
      ipAddresses: [],
      days,
    });

  /** Calls ListInstruments, open to everybody with a certificate, and gives the name of the status. */
  const callAs = (leaf: Forged | undefined): Promise<string> => {
    const [key, cert] = leaf
      ? [Buffer.from(leaf.privateKeyPem), Buffer.from(leaf.certificatePem)]
      : [null, null];
    const secure = credentials.createSsl(Buffer.from(ca.certificatePem), key, cert, {
      checkServerIdentity: () => undefined,
    });
    const client = new Client(cluster.addressOf('trading'), secure, {
      'grpc.ssl_target_name_override': 'trading.clearway',
    });
    const { path, requestSerialize, responseDeserialize } = trading.TradingServiceService.listInstruments;
    return new Promise<string>((resolve) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        {},
        new Metadata(),
        { deadline: Date.now() + CALL_TIMEOUT_MS },
        (error) => resolve(error === null ? 'OK' : (status[error.code] ?? '?')),
      );
    }).finally(() => client.close());
  };

  describe('a peer', () => {
    it('with a good certificate is served', async () => {
      expect(await callAs(await leafOf(ca, 1))).toBe('OK');
    });

    it('without a certificate finds the door closed', async () => {
      expect(await callAs(undefined)).toBe('UNAVAILABLE');
    });

    it("with another CA's certificate finds the door closed", async () => {
      expect(await callAs(await leafOf(await createAuthority(), 1))).toBe('UNAVAILABLE');
    });

    it('with an expired certificate finds the door closed', async () => {
      const expired = await leafOf(ca, 1e-9);
      await until('the certificate to be refused', async () => (await callAs(expired)) === 'UNAVAILABLE');
    });

    it.each([
      ['whose CN is not the SPIFFE name', 'bob', 'spiffe://clearway/participant/alice'],
      ['of another trust domain', 'alice', 'spiffe://elsewhere/participant/alice'],
      ['of an unknown kind', 'alice', 'spiffe://clearway/root/alice'],
    ])('%s is nobody (UNAUTHENTICATED)', async (_, commonName, spiffeId) => {
      expect(await callAs(await forge(ca, { commonName, spiffeId }))).toBe('UNAUTHENTICATED');
    });
  });

  describe('a participant', () => {
    const refusal = async (call: Promise<unknown>): Promise<string> => {
      const error = await call.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof RpcError)) throw new Error(`the call was not refused: ${String(error)}`);
      return `${error.status} ${error.reason}`;
    };
    const page = { openOnly: false, pageSize: 10, pageToken: '' };
    const bobs = { account: accountOf('bob') };

    it.each<[string, (alice: Peer) => Promise<unknown>]>([
      ['PlaceOrder', (alice) => alice.trading.call('placeOrder', order('bob'))],
      [
        'GetOrderStatus',
        (alice) => alice.trading.call('getOrderStatus', { ...bobs, clOrdId: 'x', orderId: '' }),
      ],
      [
        'MassCancel',
        (alice) =>
          alice.trading.call('massCancel', { account: bobs.account, participant: '', symbol: '', side: 0 }),
      ],
      [
        'ReplaceOrder',
        (alice) =>
          alice.trading.call('replaceOrder', {
            account: bobs.account,
            origClOrdId: 'x',
            clOrdId: 'y',
            orderId: '',
            orderQty: '1',
            price: '',
            stopPrice: '',
            displayQty: '',
          }),
      ],
      ['CancelOrder', (alice) => alice.trading.call('cancelOrder', { ...bobs, clOrdId: 'x', orderId: '' })],
      ['ListOrders', (alice) => alice.trading.call('listOrders', { ...bobs, ...page })],
      ['WatchOrders', (alice) => alice.trading.stream('watchOrders', bobs).receive(() => undefined)],
      ['GetAccountRisk', (alice) => alice.risk.call('getAccountRisk', bobs)],
      ['GetLimits', (alice) => alice.risk.call('getLimits', { ...bobs, symbol: SYMBOL })],
      ['GetBalances', (alice) => alice.clearing.call('getBalances', { ...bobs, asOfMicros: 0 })],
      [
        'ListPostings',
        (alice) => alice.clearing.call('listPostings', { ...bobs, asset: '', pageSize: 1, pageToken: '' }),
      ],
      ['GetTransfer', (alice) => alice.clearing.call('getTransfer', { ...bobs, requestId: 'x' })],
      [
        'Withdraw',
        (alice) =>
          alice.clearing.call('withdraw', {
            ...bobs,
            requestId: 'x',
            asset: 'USD',
            amount: '1.00',
            bankReference: '',
          }),
      ],
    ])("asking for another's account in %s is told NOT_YOUR_ACCOUNT", async (_, call) => {
      expect(await refusal(call(cluster.as('alice')))).toBe('PERMISSION_DENIED NOT_YOUR_ACCOUNT');
    });

    it("cannot read or cancel another's order by its id", async () => {
      const { order: bobsOrder } = await cluster
        .as('bob')
        .trading.call('placeOrder', order('bob', { price: '98.00' }));
      const byId = { orderId: bobsOrder?.orderId ?? '', account: '', clOrdId: '' };
      const alice = cluster.as('alice');
      expect(await refusal(alice.trading.call('getOrderStatus', byId))).toBe('NOT_FOUND UNKNOWN_ORDER');
      expect(await refusal(alice.trading.call('cancelOrder', byId))).toBe('NOT_FOUND UNKNOWN_ORDER');
    });

    it("placing another's order on a stream is told so in the ack", async () => {
      const stream = cluster.as('alice').trading.duplex('streamOrders', {});
      const acks: trading.OrderEntryAck[] = [];
      const ended = stream.receive(({ acks: more }) => acks.push(...more));
      const command = { $case: 'place', value: order('bob') } as const;
      stream.write({ cancelOnDisconnect: false, acksOnly: false, commands: [{ requestId: 1, command }] });
      stream.end();
      await ended;
      expect(acks).toMatchObject([
        {
          result: {
            $case: 'error',
            value: { status: status.PERMISSION_DENIED, reason: { code: 'NOT_YOUR_ACCOUNT' } },
          },
        },
      ]);
    });

    it.each<[string, (alice: Peer) => Promise<unknown>]>([
      [
        'SetTradingStatus',
        (alice) =>
          alice.tradingAdmin.call('setTradingStatus', { symbol: SYMBOL, tradingStatus: TRADING_STATUS_OPEN }),
      ],
      [
        'SetBlacklist',
        (alice) => alice.riskAdmin.call('setBlacklist', { participant: 'bob', blacklisted: true, note: '' }),
      ],
      [
        'FreezeAccount',
        (alice) => alice.clearingAdmin.call('freezeAccount', { account: accountOf('alice'), note: '' }),
      ],
      [
        'Deposit',
        (alice) =>
          alice.clearing.call('deposit', {
            account: accountOf('alice'),
            requestId: 'x',
            asset: 'USD',
            amount: '1.00',
            bankReference: '',
          }),
      ],
      [
        'ListSagas',
        (alice) => alice.tradingSagas.call('listSagas', { parkedOnly: false, pageSize: 1, pageToken: '' }),
      ],
      ['CheckInvariants', (alice) => alice.invariants.risk.call('checkInvariants', {})],
      ['ListCoverage', (alice) => alice.audit.call('listCoverage', {})],
      [
        'the internal ExecuteSteps',
        (alice) =>
          alice.riskSteps.call('executeSteps', { originShard: 'trading/0', finishedBelow: 0, steps: [] }),
      ],
    ])('calling %s is told METHOD_NOT_ALLOWED', async (_, call) => {
      expect(await refusal(call(cluster.as('alice')))).toBe('PERMISSION_DENIED METHOD_NOT_ALLOWED');
    });
  });

  it('an operator cannot call an internal method either', async () => {
    const steps = { originShard: 'trading/0', finishedBelow: 0, steps: [] };
    await expect(cluster.operator.riskSteps.call('executeSteps', steps)).rejects.toMatchObject({
      status: 'PERMISSION_DENIED',
      reason: 'METHOD_NOT_ALLOWED',
    });
  });

  it('the refusals are in the audit log', async () => {
    const refused = await until('the refusals to be audited', async () => {
      const everything = audit.ListEntriesRequest.decode(new Uint8Array());
      const query = { ...everything, action: 'platform.AccessRefused', pageSize: 500 };
      const { entries } = await cluster.operator.audit.call('listEntries', query);
      return entries.length > 10 && entries;
    });
    expect(refused.map(({ result }) => result)).toEqual(refused.map(() => 'REFUSED'));
    expect(refused.map(({ actor }) => actor)).toContain('spiffe://clearway/participant/alice');
  });
});
