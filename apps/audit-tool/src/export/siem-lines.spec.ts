import type { audit } from '@clearway/contracts';
import { siemLine } from './siem-lines';

const entry: audit.AuditEntry = {
  leafIndex: 7,
  shard: 'trading/0',
  eventNumber: 5,
  atMicros: Date.UTC(2026, 10, 22, 9, 8, 7) * 1_000 + 42,
  actor: 'spiffe://clearway/participant/alice',
  action: 'OrderRejected',
  resource: 'order/trading/0:17',
  address: '10.0.0.1:99',
  device: 'x"]\\y=|\n<0>1 forged',
  result: 'REFUSED',
  account: 'alice.main',
  traceId: 'a'.repeat(32),
  method: '/clearway.trading.v1.TradingService/PlaceOrder',
  detailJson: '{"clOrdId":"a|b=c"}',
  leafHash: Buffer.alloc(32, 1),
  riskScore: 0,
  orders: ['trading/0:17'],
  accounts: ['alice.main'],
  participants: ['alice'],
};

it('writes one JSON object a line', () => {
  const line = siemLine('json', entry);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({
    time: '2026-11-22T09:08:07.000042Z',
    leafIndex: 7,
    device: entry.device,
    leafHash: '01'.repeat(32),
    detail: { clOrdId: 'a|b=c' },
  });
});

it('writes CEF with its own escapes, so that no field forges another', () => {
  expect(siemLine('cef', entry)).toBe(
    [
      'CEF:0|Clearway|audit|1|OrderRejected|OrderRejected order/trading/0:17|6|rt=1795338487000',
      'suser=spiffe://clearway/participant/alice src=10.0.0.1 spt=99 outcome=REFUSED externalId=trading/0#5',
      `clearwayLeafIndex=7 clearwayLeafHash=${'01'.repeat(32)} clearwayShard=trading/0 clearwayEventNumber=5`,
      'clearwayResource=order/trading/0:17 clearwayAccounts=alice.main clearwayOrders=trading/0:17',
      `clearwayParticipants=alice clearwayTraceId=${'a'.repeat(32)}`,
      'clearwayMethod=/clearway.trading.v1.TradingService/PlaceOrder',
      'clearwayDevice=x"]\\\\y\\=|\\n<0>1 forged msg={"clOrdId":"a|b\\=c"}',
    ].join(' '),
  );
});

it('writes RFC 5424, one line whatever the client called itself', () => {
  const line = siemLine('syslog', { ...entry, action: 'Order Rejected' });
  expect(line).toMatch(
    /^<108>1 2026-11-22T09:08:07\.000042Z - clearway-audit - Order_Rejected \[clearway@32473 actor="/,
  );
  expect(line).toContain('device="x\\"\\]\\\\y=| <0>1 forged"]');
  expect(line).not.toContain('\n');
  expect(line.endsWith('] {"clOrdId":"a|b=c"}')).toBe(true);
  expect(siemLine('syslog', { ...entry, result: 'ACCEPTED' })).toMatch(/^<109>1 /);
});
