import type { clearing, risk, saga, trading } from '@clearway/contracts';
import { HOUSE } from '@clearway/kernel';

/**
 * What became of it. ACCEPTED: somebody asked for something and it was granted. REFUSED: it was not. RECORDED: a fact that
 * followed from what had been granted.
 */
export type EntryResult = 'ACCEPTED' | 'REFUSED' | 'RECORDED';

/** What an event is about, in the words that auditors search by. */
export interface EventFields {
  /** Kind and id: `order/trading/0:17`, `account/alice.main`, `saga/clearing/0:3`. */
  readonly resource: string;
  /** Account that the event itself names; empty when it names none, so that nothing is guessed. */
  readonly account: string;
  readonly result: EntryResult;
  /** Orders that it is about, `trading/0:17`, where the resource is not itself an order. */
  readonly orders?: readonly string[];
  /** Resource that says whose it is where its own does not: the saga whose step caused it. */
  readonly via?: string;
  /** Resources that begin with this event, or are its own by another name: they are whose it is. */
  readonly declares?: readonly string[];
}

/** An event in auditors' words: what it is about, and its content masked. */
export interface EventDescription extends EventFields {
  readonly detailJson: string;
}

/** The cases of a oneof and their messages. */
type CasesOf<Event> = Event extends { readonly $case: infer Case extends string; readonly value: infer Value }
  ? { readonly case: Case; readonly value: Value }
  : never;

/** Where an event stands: its shard, and the step of another host's saga that caused it, if one did. */
export interface EventPlace {
  readonly shard: string;
  readonly key: saga.StepKey | undefined;
}

/** One row per case of a oneof: a new event does not compile until somebody has said what it is about. */
export type EventTable<Event> = {
  readonly [Row in CasesOf<Event> as Row['case']]: (value: Row['value'], place: EventPlace) => EventFields;
};

type TradingCase = NonNullable<trading.TradingEvent['event']>;
type RiskCase = NonNullable<risk.RiskEvent['event']>;
type ClearingCase = NonNullable<clearing.ClearingEvent['event']>;
type SagaCase = NonNullable<saga.SagaEvent['event']>;

/** The events of sagas, in whichever host's journal they stand. */
export const SAGA_EVENTS: EventTable<SagaCase> = {
  sagaAdvanced: (event, { shard }) => recorded(sagaOf(shard, event.sagaNumber)),
  stepRefused: (event, { shard }) => refused(sagaOf(shard, event.sagaNumber)),
  stepFailed: (event, { shard }) => recorded(sagaOf(shard, event.sagaNumber)),
  compensationStarted: (event, { shard }) => recorded(sagaOf(shard, event.sagaNumber)),
  stepsCompensated: (event, { shard }) => recorded(sagaOf(shard, event.sagaNumber)),
  stepParked: (event, { shard }) => recorded(sagaOf(shard, event.sagaNumber)),
  sagaResumed: (event, { shard }) => accepted(sagaOf(shard, event.sagaNumber)),
};

/** The events of trading's journals. */
export const TRADING_EVENTS: EventTable<TradingCase> = {
  instrumentListed: ({ symbol }) => accepted(`instrument/${symbol}`),
  tradingStatusChanged: ({ symbol }) => accepted(`instrument/${symbol}`),
  phaseChanged: ({ symbol, cause }) =>
    cause === 'OPERATOR' ? accepted(`instrument/${symbol}`) : recorded(`instrument/${symbol}`),
  uncrossingBegan: ({ symbol }) => recorded(`instrument/${symbol}`),
  orderAccepted: (event, { shard }) => ({
    ...accepted(orderOf(shard, event.orderNumber), event.account),
    declares: [
      orderOf(shard, event.orderNumber),
      ...(event.sagaNumber === 0 ? [] : [sagaOf(shard, event.sagaNumber)]),
    ],
  }),
  orderOpened: (event, { shard }) => recorded(orderOf(shard, event.orderNumber)),
  orderOpenedAtMarket: (event, { shard }) => recorded(orderOf(shard, event.orderNumber)),
  tradeExecuted: (event, { shard }) => ({
    ...recorded(tradeOf(shard, event.tradeNumber)),
    orders: [`${shard}:${event.makerOrderNumber}`, `${shard}:${event.takerOrderNumber}`],
    declares: [tradeOf(shard, event.tradeNumber), sagaOf(shard, event.sagaNumber)],
  }),
  orderRejected: (event, { shard }) => refused(orderOf(shard, event.orderNumber)),
  cancelRequested: (event, { shard }) => accepted(orderOf(shard, event.orderNumber)),
  orderCanceled: (event, { shard }) => ({
    ...recorded(orderOf(shard, event.orderNumber)),
    ...declaresSaga(shard, event.sagaNumber),
  }),
  orderReduced: (event, { shard }) => ({
    ...recorded(orderOf(shard, event.orderNumber)),
    ...declaresSaga(shard, event.sagaNumber),
  }),
  replaceRequested: (event, { shard }) => ({
    ...accepted(orderOf(shard, event.orderNumber)),
    ...declaresSaga(shard, event.sagaNumber),
  }),
  orderReplaced: (event, { shard }) => ({
    ...recorded(orderOf(shard, event.orderNumber)),
    ...declaresSaga(shard, event.releaseSagaNumber),
  }),
  replaceRefused: (event, { shard }) => refused(orderOf(shard, event.orderNumber)),
  holdLowering: (event, { shard }) => ({
    ...recorded(orderOf(shard, event.orderNumber)),
    ...declaresSaga(shard, event.sagaNumber),
  }),
  stopWaiting: (event, { shard }) => recorded(orderOf(shard, event.orderNumber)),
  stopTriggered: (event, { shard }) => recorded(orderOf(shard, event.orderNumber)),
  orderExpired: (event, { shard }) => ({
    ...recorded(orderOf(shard, event.orderNumber)),
    ...declaresSaga(shard, event.sagaNumber),
  }),
  tradeBusted: (event, { shard }) => refused(tradeOf(shard, event.tradeNumber)),
  killSwitchEngaged: ({ scope }) => accepted(`kill-switch/${scope}`),
  killSwitchProven: ({ scope }) => recorded(`kill-switch/${scope}`),
  killSwitchReleaseRequested: ({ scope }) => accepted(`kill-switch/${scope}`),
  killSwitchReleased: ({ scope }) => accepted(`kill-switch/${scope}`),
  saga: ({ event }, place) => fieldsBy(SAGA_EVENTS, event, place),
};

/** The events of risk's journals. Orders and trades are numbered by the shard that hosts the saga. */
export const RISK_EVENTS: EventTable<RiskCase> = {
  holdPlaced: ({ reserve }, place) => ({
    ...accepted(orderOf(originOf(place), reserve?.orderNumber ?? 0), reserve?.account),
    declares: [orderOf(originOf(place), reserve?.orderNumber ?? 0)],
  }),
  holdReleased: (event, place) => recorded(orderOf(originOf(place), event.orderNumber)),
  lotsReleased: (event, place) => recorded(orderOf(originOf(place), event.orderNumber)),
  holdRaised: ({ order }, place) =>
    accepted(orderOf(originOf(place), order?.orderNumber ?? 0), order?.account),
  holdLowered: (event, place) => recorded(orderOf(originOf(place), event.orderNumber)),
  fillApplied: ({ fill }, place) => recorded(orderOf(originOf(place), fill?.orderNumber ?? 0)),
  fundsCredited: ({ funds }) => recorded(accountOf(funds?.account), funds?.account),
  fundsHeld: ({ funds }) => accepted(accountOf(funds?.account), funds?.account),
  fundsReleased: ({ funds }) => recorded(accountOf(funds?.account), funds?.account),
  fundsDebited: ({ funds }) => recorded(accountOf(funds?.account), funds?.account),
  accountFrozenSet: ({ frozen }) => recorded(accountOf(frozen?.account), frozen?.account),
  stepRefused: ({ account }, place) => refused(sagaOfStep(place), account),
  limitsSet: ({ account, symbol }) => accepted(`limits/${account || '*'}/${symbol || '*'}`, account),
  blacklistSet: ({ participant }) => accepted(`participant/${participant}`),
  sagasFinished: ({ originShard }) => recorded(`shard/${originShard}`),
  compensationNoted: (_, place) => recorded(sagaOfStep(place)),
};

/** The events of clearing's journals. */
export const CLEARING_EVENTS: EventTable<ClearingCase> = {
  legSettled: ({ leg }, place) => recorded(tradeOf(originOf(place), leg?.tradeNumber ?? 0), leg?.account),
  legReversed: (event, place) => ({
    ...recorded(`entry/${place.shard}:${event.reversedEntryNumber}`, ownerOf(event.postings)),
    via: sagaOfStep(place),
  }),
  stepRefused: (_, place) => refused(sagaOfStep(place)),
  transferRequested: (event, { shard }) => ({
    ...accepted(transferOf(shard, event.transferNumber), event.account),
    declares: [transferOf(shard, event.transferNumber), sagaOf(shard, event.sagaNumber)],
  }),
  transferPosted: (event, { shard }) =>
    recorded(transferOf(shard, event.transferNumber), ownerOf(event.postings)),
  transferRefused: (event, { shard }) => refused(transferOf(shard, event.transferNumber)),
  accountFreezeSet: ({ account, sagaNumber }, { shard }) => ({
    ...accepted(accountOf(account), account),
    ...declaresSaga(shard, sagaNumber),
  }),
  sagasFinished: ({ originShard }) => recorded(`shard/${originShard}`),
  compensationNoted: (_, place) => recorded(sagaOfStep(place)),
  saga: ({ event }, place) => fieldsBy(SAGA_EVENTS, event, place),
};

/** What is said of an event that this version does not know: that it happened. Its bytes are in the tree all the same. */
export const UNKNOWN_EVENT: EventFields = { resource: '', account: '', result: 'RECORDED' };

/** Looks an event up in its table. An event that the table does not know (its source is newer) is only recorded. */
export function fieldsBy<Event extends { readonly $case: string; readonly value: unknown }>(
  table: EventTable<Event>,
  event: Event | undefined,
  place: EventPlace,
): EventFields {
  if (event === undefined) return UNKNOWN_EVENT;
  const rows = table as Readonly<Record<string, (value: unknown, place: EventPlace) => EventFields>>;
  return rows[event.$case]?.(event.value, place) ?? UNKNOWN_EVENT;
}

function accepted(resource: string, account = ''): EventFields {
  return { resource, account, result: 'ACCEPTED' };
}

function refused(resource: string, account = ''): EventFields {
  return { resource, account, result: 'REFUSED' };
}

function recorded(resource: string, account = ''): EventFields {
  return { resource, account, result: 'RECORDED' };
}

/** An event that begins no saga of its own has the number 0. */
function declaresSaga(shard: string, sagaNumber: number): Pick<EventFields, 'declares'> {
  return sagaNumber === 0 ? {} : { declares: [sagaOf(shard, sagaNumber)] };
}

function orderOf(shard: string, orderNumber: number): string {
  return `order/${shard}:${orderNumber}`;
}

function tradeOf(shard: string, tradeNumber: number): string {
  return `trade/${shard}:${tradeNumber}`;
}

function transferOf(shard: string, transferNumber: number): string {
  return `transfer/${shard}:${transferNumber}`;
}

function sagaOf(shard: string, sagaNumber: number): string {
  return `saga/${shard}:${sagaNumber}`;
}

function accountOf(account = ''): string {
  return `account/${account}`;
}

function originOf({ shard, key }: EventPlace): string {
  return key?.originShard ?? shard;
}

function sagaOfStep(place: EventPlace): string {
  return sagaOf(originOf(place), place.key?.sagaNumber ?? 0);
}

/** The participant's account among a ledger entry's postings: the house stands on the other side of each. */
function ownerOf(postings: readonly clearing.LedgerPosting[]): string {
  return postings.find(({ owner }) => owner !== HOUSE)?.owner ?? '';
}
