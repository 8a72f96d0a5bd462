import { LOCAL, RETRY_DEFAULT, type SagaDefinition, SagaMachine } from '@clearway/domain-saga';
import type { Turn } from '@clearway/kernel';
import { bustTrade } from './bust-trade';
import type { TradingEvent } from './events';
import type { TradingHost } from './host';
import type { TradingOutput } from './outputs';
import { undoAcceptance } from './refuse-order';
import { replaceReserved, undoReplace } from './replace-in-book';
import {
  adjustHold,
  applyFill,
  freeTradeLots,
  protectionPriceTicks,
  raiseHold,
  releaseHold,
  releaseLots,
  reserve,
  reverseLeg,
  settleLeg,
  type TradingRequest,
  undoRaise,
} from './requests';
import { orderOf, type TradingState } from './state';
import { submitOrder } from './submit-order';
import type { UncrossLimits } from './uncross-limits';

/** Time for risk to answer; then the order is undone and rejected. */
export const PLACE_ORDER_DEADLINE_MS = 5_000;
/** A trade stands once it is made: waiting alone never busts it. */
const NO_DEADLINE_MS = 2 ** 40;

/** Builds the host of one decision. */
export function hostOf(
  state: TradingState,
  turn: Turn<TradingEvent, TradingOutput>,
  uncrossLimits: UncrossLimits,
): TradingHost {
  const host: TradingHost = {
    state,
    turn,
    uncrossLimits,
    sagas: state.sagas,
    nowMicros: turn.nowMicros,
    emitSaga: (saga) => turn.emit({ kind: 'Saga', saga }),
    publishSaga: (output) => turn.publish(output),
    beginSaga: (sagaNumber) => sagaMachine.begin(host, sagaNumber),
  };
  return host;
}

type Definition = SagaDefinition<TradingHost, TradingRequest>;

/** Accept (already durable) and reserve; submit is the pivot; what an immediate order left is released. */
const placeOrder: Definition = {
  kind: 'PlaceOrder',
  pivotStage: 1,
  deadlineMs: PLACE_ORDER_DEADLINE_MS,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'accept',
        participant: LOCAL,
        compensation: (host, saga) => undoAcceptance(host, saga.subject, saga.reasons),
      },
      {
        name: 'reserve',
        participant: 'risk',
        action: (host, saga) => reserve(host.state, saga.subject),
        compensation: (host, saga) => releaseHold(host.state, saga.subject),
      },
    ],
    [
      {
        name: 'submit',
        participant: LOCAL,
        action: (host, saga, result) =>
          submitOrder(host, saga.subject, protectionPriceTicks(result('reserve'))),
      },
    ],
    [
      {
        name: 'releaseRemainder',
        participant: 'risk',
        action: (host, saga) =>
          releaseLots(host.state, saga.subject, orderOf(host.state, saga.subject).canceledOnEntryLots),
        needed: (host, saga) => orderOf(host.state, saga.subject).canceledOnEntryLots > 0,
      },
    ],
  ],
};

/** The order is off the book when this starts; only its hold is left to give back. */
const cancelOrder: Definition = {
  kind: 'CancelOrder',
  pivotStage: -1,
  deadlineMs: NO_DEADLINE_MS,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'release',
        participant: 'risk',
        action: (host, saga) => {
          const order = orderOf(host.state, saga.subject);
          const { canceledLots, canceledOnEntryLots, adjustedLots } = order;
          return releaseLots(host.state, saga.subject, canceledLots - canceledOnEntryLots - adjustedLots);
        },
      },
    ],
  ],
};

/**
 * Remembered (already durable) and asked of risk, which holds for the worse of the two; the change of the book is the pivot. What
 * is held too much from then on is given back by AdjustHold.
 */
const replaceOrderSaga: Definition = {
  kind: 'ReplaceOrder',
  pivotStage: 1,
  deadlineMs: PLACE_ORDER_DEADLINE_MS,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'request',
        participant: LOCAL,
        compensation: (host, saga) => undoReplace(host, saga.subject, saga.reasons),
      },
      {
        name: 'raiseHold',
        participant: 'risk',
        action: (host, saga) => raiseHold(host.state, saga.subject),
        compensation: (host, saga) => undoRaise(host.state, saga.subject),
      },
    ],
    [
      {
        name: 'replace',
        participant: LOCAL,
        action: (host, saga, result) =>
          replaceReserved(host, saga.subject, protectionPriceTicks(result('raiseHold'))),
      },
    ],
  ],
};

/** Something of the order's hold is needed no longer, while the order goes on. */
const adjustOrderHold: Definition = {
  kind: 'AdjustHold',
  pivotStage: -1,
  deadlineMs: NO_DEADLINE_MS,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'adjust',
        participant: 'risk',
        action: (host, saga) => adjustHold(host.state, saga.number),
      },
    ],
  ],
};

/**
 * Both legs are settled side by side; when one is refused both are reversed, the holds of the trade's lots are given back
 * and the trade is busted. Once both stand, the fills are applied to positions, however long that takes.
 */
const settleTrade: Definition = {
  kind: 'SettleTrade',
  pivotStage: 1,
  deadlineMs: NO_DEADLINE_MS,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'execute',
        participant: LOCAL,
        compensation: (host, saga) => bustTrade(host, saga.subject, saga.reasons),
      },
      {
        name: 'holdBuyer',
        participant: 'risk',
        compensation: (host, saga) => freeTradeLots(host.state, saga.subject, 'BUY'),
      },
      {
        name: 'holdSeller',
        participant: 'risk',
        compensation: (host, saga) => freeTradeLots(host.state, saga.subject, 'SELL'),
      },
    ],
    [
      {
        name: 'settleBuyLeg',
        participant: 'clearing',
        action: (host, saga) => settleLeg(host.state, saga.subject, 'BUY'),
        compensation: (host, saga) => reverseLeg(host.state, saga.subject, 'BUY'),
      },
      {
        name: 'settleSellLeg',
        participant: 'clearing',
        action: (host, saga) => settleLeg(host.state, saga.subject, 'SELL'),
        compensation: (host, saga) => reverseLeg(host.state, saga.subject, 'SELL'),
      },
    ],
    [
      {
        name: 'applyBuyFill',
        participant: 'risk',
        action: (host, saga) => applyFill(host.state, saga.subject, 'BUY'),
      },
      {
        name: 'applySellFill',
        participant: 'risk',
        action: (host, saga) => applyFill(host.state, saga.subject, 'SELL'),
      },
    ],
  ],
};

/** The machine that walks all of trading's sagas. */
export const sagaMachine: SagaMachine<TradingHost, TradingRequest> = new SagaMachine<
  TradingHost,
  TradingRequest
>([placeOrder, cancelOrder, settleTrade, adjustOrderHold, replaceOrderSaga]);

/** Puts a saga that an event starts into the state; called from `evolve`. */
export function applySagaStart(
  state: TradingState,
  start: {
    number: number;
    kind: 'PlaceOrder' | 'CancelOrder' | 'SettleTrade' | 'AdjustHold' | 'ReplaceOrder';
    subject: number;
    atMicros: number;
  },
): void {
  sagaMachine.apply(state.sagas, start);
}
