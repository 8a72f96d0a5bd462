import { readTradeCsv, type TradeRow } from '@clearway/platform-feeds';

/** What a file of trades adds up to. Sums are exact decimals. */
export interface TradeCheck {
  readonly trades: number;
  readonly quantity: string;
  /** Price times quantity over all trades. */
  readonly turnover: string;
  readonly buys: number;
  readonly sells: number;
  /** Neighbouring rows whose ids do not grow: a trade is there twice, or rows are missing or out of order. */
  readonly idsOutOfOrder: number;
  /** Neighbouring rows whose time goes back; only times that are plain numbers are compared. */
  readonly timesOutOfOrder: number;
}

const DIGITS = 18;
const SCALE = 10n ** BigInt(DIGITS);
const PLAIN_NUMBER = /^\d+(\.\d+)?$/;

/** Reads a CSV of trades, adds it up and looks at the order of its rows. Throws where `readTradeCsv` does. */
export async function checkTrades(file: string): Promise<TradeCheck> {
  const sums = { quantity: 0n, turnover: 0n, buys: 0, sells: 0, idsOutOfOrder: 0, timesOutOfOrder: 0 };
  let previous: TradeRow | undefined;
  const trades = await readTradeCsv(file, (trade) => {
    const quantity = scaled(trade.quantity);
    sums.quantity += quantity;
    sums.turnover += quantity * scaled(trade.price);
    if (trade.aggressor === 'BUY') sums.buys++;
    if (trade.aggressor === 'SELL') sums.sells++;
    if (previous && isPlain(trade.id, previous.id) && scaled(trade.id!) <= scaled(previous.id!))
      sums.idsOutOfOrder++;
    if (previous && isPlain(trade.time, previous.time) && scaled(trade.time) < scaled(previous.time))
      sums.timesOutOfOrder++;
    previous = trade;
  });
  return {
    ...sums,
    trades,
    quantity: textOf(sums.quantity, DIGITS),
    turnover: textOf(sums.turnover, 2 * DIGITS),
  };
}

function isPlain(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && PLAIN_NUMBER.test(a) && PLAIN_NUMBER.test(b);
}

/** A decimal as an integer of 10^−18; digits beyond are refused, so that every sum is exact. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length > DIGITS) throw new Error(`${text} has more than ${DIGITS} decimals`);
  return BigInt(whole) * SCALE + BigInt(fraction.padEnd(DIGITS, '0') || 0);
}

function textOf(value: bigint, digits: number): string {
  const text = value.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '');
}
