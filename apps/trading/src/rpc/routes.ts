import { marketdata, trading } from '@clearway/contracts';
import { feedRoutes, invariantRoutes, mergedPosition, sagaRoutes } from '@clearway/platform-service';
import {
  mergePages,
  pageTokenOf,
  routesOf,
  type ServiceRoutes,
  type ShardTarget,
  shardIndexIn,
  shardIndexOf,
} from '@clearway/platform-sharding';
import { mergedKillSwitch, mergedKillSwitches } from './merge-kill-switches';
import { splitOrders } from './split-orders';

const PAGE_SIZE_DEFAULT = 100;

/**
 * Which shard each call is for: instruments are spread by their symbols, an order is where its instrument is and says so in
 * its id. An order that is named by its owner's key is looked for in every shard.
 */
export const tradingRoutes: readonly ServiceRoutes[] = [
  routesOf(trading.TradingServiceService, {
    placeOrder: { target: bySymbol },
    getOrderStatus: { target: byOrder },
    cancelOrder: { target: byOrder },
    replaceOrder: { target: byOrder },
    massCancel: {
      target: ({ symbol }) => (symbol === '' ? 'every' : { key: symbol }),
      merge: (answers) => ({
        canceledOrders: answers.reduce((sum, { canceledOrders }) => sum + canceledOrders, 0),
      }),
    },
    listOrders: {
      target: () => 'every',
      part: (request, index) => {
        const pageToken = pageTokenOf(request.pageToken, index);
        return pageToken === undefined ? undefined : { ...request, pageToken };
      },
      merge: mergedOrders,
    },
    streamOrders: { split: splitOrders },
    watchOrders: { target: () => 'every' },
    listInstruments: {
      target: () => 'every',
      merge: (answers) => ({ instruments: answers.flatMap(({ instruments }) => instruments) }),
    },
  }),
  routesOf(trading.TradingAdminServiceService, {
    listInstrument: { target: ({ instrument }) => ({ key: instrument?.symbol ?? '' }) },
    setTradingStatus: { target: bySymbol },
    engageKillSwitch: { target: byScope, merge: mergedKillSwitch },
    requestKillSwitchRelease: { target: byScope, ignoreUnknown: true, merge: mergedKillSwitch },
    confirmKillSwitchRelease: { target: byScope, ignoreUnknown: true, once: true },
    listKillSwitches: { target: () => 'every', merge: mergedKillSwitches },
    listOrderNeeds: {
      target: () => 'every',
      merge: (answers) => ({
        position: mergedPosition(answers.map(({ position }) => position)),
        needs: answers.flatMap(({ needs }) => needs),
      }),
    },
  }),
  routesOf(marketdata.MarketDataServiceService, {
    getBook: { target: bySymbol },
    getStatistics: { target: bySymbol },
    listTrades: { target: bySymbol },
    listCandles: { target: bySymbol },
    subscribe: { target: bySymbols, part: partOfSymbols },
  }),
  sagaRoutes('trading'),
  invariantRoutes,
  feedRoutes('trading'),
];

/** The shard of an instrument. */
function bySymbol({ symbol }: { readonly symbol: string }): ShardTarget {
  return { key: symbol };
}

function bySymbols({ symbols }: marketdata.SubscribeRequest): ShardTarget {
  return symbols.length > 1 ? 'every' : { key: symbols[0] ?? '' };
}

/** The symbols that are one shard's; nothing for a shard that has none of them. */
function partOfSymbols(
  request: marketdata.SubscribeRequest,
  index: number,
  shardCount: number,
): marketdata.SubscribeRequest | undefined {
  const symbols = request.symbols.filter((symbol) => shardIndexOf(symbol, shardCount) === index);
  return symbols.length === 0 ? undefined : { ...request, symbols };
}

/** The shard that an order id names; without one, whichever knows the order. */
export function byOrder({ orderId }: { readonly orderId: string }): ShardTarget {
  if (orderId === '') return 'first-that-knows';
  return { index: shardIndexIn('trading', orderId.split(':', 1)[0] ?? '') ?? 0 };
}

/** An instrument's kill switch is for its shard, any other for all. */
function byScope({ scope }: { readonly scope?: trading.KillSwitchScope | undefined }): ShardTarget {
  return scope?.scope?.$case === 'instrument' ? { key: scope.scope.value } : 'every';
}

function mergedOrders(
  answers: readonly trading.ListOrdersResponse[],
  { pageSize, pageToken }: trading.ListOrdersRequest,
  indices: readonly number[],
): trading.ListOrdersResponse {
  const pages = answers.map(({ orders, nextPageToken }, place) => ({
    index: indices[place] ?? 0,
    items: orders,
    isLast: nextPageToken === '',
  }));
  const { items, nextPageToken } = mergePages(pages, {
    pageSize: pageSize || PAGE_SIZE_DEFAULT,
    pageToken,
    compare: (a, b) => b.acceptedAtMicros - a.acceptedAtMicros,
    tokenAfter: ({ orderId }) => orderId.slice(orderId.indexOf(':') + 1),
  });
  return { orders: items, nextPageToken };
}
