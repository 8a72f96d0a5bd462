/** Where in a row of a trade file the fields are; undefined for those that the file does not have. */
export interface TradeColumns {
  readonly count: number;
  readonly time: number;
  readonly price: number;
  readonly quantity: number;
  readonly id: number | undefined;
  readonly side: number | undefined;
  /** A column that is true when the buyer rested, as Binance writes the aggressor's side. */
  readonly isBuyerMaker: number | undefined;
}

/** A trade as its file has it. Prices and quantities stay decimal text: no float ever touches them. */
export interface TradeRow {
  /** Number of the row in its file, from 0, the heading not counted. */
  readonly row: number;
  readonly id: string | undefined;
  readonly time: string;
  readonly price: string;
  readonly quantity: string;
  /** The side of the order that came last, undefined when the file does not say. */
  readonly aggressor: 'BUY' | 'SELL' | undefined;
}

const NAMES: Readonly<
  Record<'time' | 'price' | 'quantity' | 'id' | 'side' | 'isBuyerMaker', readonly string[]>
> = {
  time: ['time', 'timestamp', 'ts', 'date', 'datetime', 'transact_time', 'local_timestamp'],
  price: ['price', 'px'],
  quantity: ['quantity', 'qty', 'size', 'amount', 'volume', 'shares'],
  id: ['id', 'trade_id', 'agg_trade_id', 'tradeid'],
  side: ['side', 'aggressor', 'taker_side', 'aggressor_side'],
  isBuyerMaker: ['is_buyer_maker', 'isbuyermaker'],
};

/** Recognises a heading by the names that vendors use. Throws, naming what is missing, when it has no time, price or quantity. */
export function parseTradeHeader(line: string): TradeColumns {
  const cells = line.split(',').map((cell) => cell.trim().toLowerCase().replaceAll('"', ''));
  const find = (field: keyof typeof NAMES): number | undefined => {
    const at = cells.findIndex((cell) => NAMES[field].includes(cell));
    return at < 0 ? undefined : at;
  };
  const need = (field: 'time' | 'price' | 'quantity'): number => {
    const at = find(field);
    if (at === undefined) throw new Error(`the heading names no ${field}: ${line.slice(0, 80)}`);
    return at;
  };
  return {
    count: cells.length,
    time: need('time'),
    price: need('price'),
    quantity: need('quantity'),
    id: find('id'),
    side: find('side'),
    isBuyerMaker: find('isBuyerMaker'),
  };
}
