import type { trading } from '@clearway/contracts';
import { AUCTION_MS_MAX } from '@clearway/domain-trading';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { TRADING_STATUS } from '../codec/enums.codec';
import type { TradingCore } from '../trading-core';
import { refusalOf } from './order-answers';
import { readMarket } from './read-market';
import { SYMBOL } from './symbol-rule';

/** Halts or resumes an instrument, at once or with an auction. */
export function setTradingStatusRpc(
  core: TradingCore,
): UnaryHandler<trading.SetTradingStatusRequest, trading.SetTradingStatusResponse> {
  return async ({ symbol, tradingStatus, reopeningAuctionMs = 0 }, call) => {
    const status = TRADING_STATUS.fromWire(tradingStatus);
    const check = fields();
    check.text('symbol', symbol, SYMBOL);
    check.require(
      status !== undefined,
      'trading_status',
      'must be TRADING_STATUS_OPEN or TRADING_STATUS_HALTED',
    );
    check.integer('reopening_auction_ms', reopeningAuctionMs, 0, AUCTION_MS_MAX);
    check.done();
    if (status === undefined) throw new Error('checked above');
    const outcome = await core.submit({ kind: 'SetTradingStatus', symbol, status, reopeningAuctionMs }, call);
    if (outcome.kind !== 'status-set') throw refusalOf(outcome);
    return { instrument: await readMarket(core, symbol) };
  };
}
