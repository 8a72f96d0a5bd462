/** Readers of market data files: LOBSTER samples, NASDAQ TotalView-ITCH 5.0, trades as CSV. All of them stream. */

export { decodeItch, encodeItch, type ItchFields } from './itch/itch-codec';
export { type ItchTotals, type ItchVisitor, readItchFile } from './itch/itch-file';
export { ItchFrames } from './itch/itch-frames';
export { ITCH_LAYOUTS, type ItchField, type ItchLayout, itchLengthOf } from './itch/itch-layouts';
export { ItchView } from './itch/itch-view';
export { BookRows, COLUMNS_PER_LEVEL, parseBookRow, type VisibleLevel } from './lobster/book-rows';
export {
  type LobsterRowTaker,
  type LobsterSample,
  readLobsterRows,
  readLobsterSample,
} from './lobster/lobster-file';
export {
  type LobsterEvent,
  type LobsterMessage,
  PRICE_UNITS_PER_TICK,
  parseMessage,
  type Side,
  ticksOf,
} from './lobster/lobster-message';
export { parseTradeHeader, type TradeColumns, type TradeRow } from './trades/trade-columns';
export { readTradeCsv } from './trades/trade-csv';
