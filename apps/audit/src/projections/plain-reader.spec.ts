import { clearing, risk, trading } from '@clearway/contracts';
import { fieldsOf } from './describe-event';
import { PLAIN_SHAPES, PlainReader, type PlainShape } from './plain-reader';

const key = { originShard: 'trading/3', sagaNumber: 5, step: 1, phase: 1 };
const saga = {
  $case: 'saga',
  value: { event: { $case: 'sagaAdvanced', value: { sagaNumber: 77, steps: [] } } },
};
const of = ($case: string, value: object) => ({ $case, value });
const emptyOf = <Message>(codec: { decode(bytes: Uint8Array): Message }): Message =>
  codec.decode(new Uint8Array(0));

const inTrading = (event: object) =>
  Buffer.from(trading.TradingEvent.encode({ event: event as never }).finish());
const inRisk = (event: object) => Buffer.from(risk.RiskEvent.encode({ key, event: event as never }).finish());
const inClearing = (event: object) =>
  Buffer.from(clearing.ClearingEvent.encode({ key, event: event as never }).finish());

const accepted = {
  ...emptyOf(trading.OrderAccepted),
  ...{ orderNumber: 77, sagaNumber: 300, account: 'alice.main', symbol: 'AMZN', quantityLots: 5 },
};
const canceled = { orderNumber: 77, sagaNumber: 0, canceledLots: 4, cause: 'IOC_REMAINDER' };
const reserve = { ...emptyOf(risk.Reserve), orderNumber: 77, account: 'alice.main', symbol: 'AMZN' };
const fill = { ...emptyOf(risk.ApplyFill), orderNumber: 77, tradeNumber: 9, feeMinor: 12n };
const leg = { ...emptyOf(clearing.SettleLeg), tradeNumber: 77, account: 'alice.main' };
const postings = [{ owner: 'alice.main', asset: 'USD', purpose: 1, side: 1, amountMinor: 5n }];

const ROWS: [service: string, type: string, data: Buffer][] = [
  ['trading', 'OrderAccepted', inTrading(of('orderAccepted', accepted))],
  ['trading', 'OrderOpened', inTrading(of('orderOpened', { orderNumber: 77, leavesLots: 3 }))],
  ['trading', 'OrderCanceled', inTrading(of('orderCanceled', canceled))],
  ['trading', 'SagaAdvanced', inTrading(saga)],
  ['risk', 'HoldPlaced', inRisk(of('holdPlaced', { reserve, protectionPriceTicks: 8 }))],
  ['risk', 'HoldReleased', inRisk(of('holdReleased', { orderNumber: 77 }))],
  ['risk', 'LotsReleased', inRisk(of('lotsReleased', { orderNumber: 77, quantityLots: 2 }))],
  ['risk', 'FillApplied', inRisk(of('fillApplied', { fill }))],
  ['clearing', 'LegSettled', inClearing(of('legSettled', { entryNumber: 4, leg, postings }))],
  [
    'clearing',
    'SagaAdvanced',
    Buffer.from(clearing.ClearingEvent.encode({ key: undefined, event: saga as never }).finish()),
  ],
];

function shapeOf(service: string, type: string): PlainShape {
  return PLAIN_SHAPES[service]?.[type] as PlainShape;
}

/** An event does not begin at the start of its batch. */
function read(shape: PlainShape, data: Buffer): PlainReader | undefined {
  const bytes = Buffer.concat([Buffer.from([1, 2, 3]), data, Buffer.from([9])]);
  const reader = new PlainReader(bytes);
  return reader.read(shape, 3, 3 + data.length) ? reader : undefined;
}

const textOf = (data: Buffer, start: number, end: number) => data.toString('latin1', start - 3, end - 3);

it.each(ROWS)('reads of %s %s what its table says of the decoded event', (service, type, data) => {
  const shape = shapeOf(service, type);
  const found = read(shape, data)!;
  const shard = shape.isOfStep ? textOf(data, found.originStart, found.originEnd) : `${service}/0`;
  const fields = fieldsOf(`${service}/0`, type, data);
  const resource = `${shape.kind}/${shard}:${found.number}`;
  const sagas = found.sagaNumber === 0 ? [] : [`saga/${shard}:${found.sagaNumber}`];
  expect(fields).toEqual({
    resource,
    account: textOf(data, found.accountStart, found.accountEnd),
    result: fields.result,
    ...(shape.begins && { declares: [resource, ...sagas] }),
  });
  expect(found.number).toBe(77);
});

it('has a row above for each shape', () => {
  const shapes = Object.entries(PLAIN_SHAPES).flatMap(([service, types]) =>
    Object.keys(types).map((type) => `${service} ${type}`),
  );
  expect(ROWS.map(([service, type]) => `${service} ${type}`)).toEqual(shapes);
});

const opened = inTrading(of('orderOpened', { orderNumber: 77, leavesLots: 3 }));
const OPENED = shapeOf('trading', 'OrderOpened');
const ACCEPTED = shapeOf('trading', 'OrderAccepted');
const acceptedOf = (account: string, orderNumber = 77) =>
  inTrading(of('orderAccepted', { ...accepted, account, orderNumber }));

it.each<[string, PlainShape, Buffer]>([
  ['nothing', OPENED, Buffer.alloc(0)],
  ['bytes that are no message', OPENED, Buffer.from([0xff, 0xff])],
  ['a message that is cut off', OPENED, opened.subarray(0, 3)],
  ['a case twice', OPENED, Buffer.concat([opened, opened])],
  ['another case', OPENED, inTrading(of('orderCanceled', canceled))],
  ['no number', OPENED, inTrading(of('orderOpened', { orderNumber: 0, leavesLots: 3 }))],
  ['a negative number', OPENED, inTrading(of('orderOpened', { orderNumber: -1, leavesLots: 3 }))],
  ['a number of 16 digits', OPENED, inTrading(of('orderOpened', { orderNumber: 1e15, leavesLots: 3 }))],
  ['a number that is a text', OPENED, Buffer.from([0x22, 3, 0x0a, 1, 0x41])],
  [
    'a saga of its own',
    shapeOf('trading', 'OrderCanceled'),
    inTrading(of('orderCanceled', { ...canceled, sagaNumber: 8 })),
  ],
  ['no account', ACCEPTED, acceptedOf('')],
  ['an account without an owner', ACCEPTED, acceptedOf('alice')],
  ['an account beyond ASCII', ACCEPTED, acceptedOf('älice.main')],
  [
    'no step',
    shapeOf('risk', 'HoldReleased'),
    Buffer.from(
      risk.RiskEvent.encode({
        key: undefined,
        event: of('holdReleased', { orderNumber: 7 }) as never,
      }).finish(),
    ),
  ],
  [
    'a hold of nothing',
    shapeOf('risk', 'HoldPlaced'),
    inRisk(of('holdPlaced', { reserve: undefined, protectionPriceTicks: 8 })),
  ],
])('leaves an event with %s to be decoded', (_, shape, data) => {
  expect(read(shape, data)).toBeUndefined();
});
