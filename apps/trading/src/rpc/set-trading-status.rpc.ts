import type { trading } from '@clearway/contracts';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { TRADING_STATUS } from '../codec/enums.codec';
import { instrumentToWire } from '../codec/instrument.codec';
import type { TradingCore } from '../trading-core';
import { refusalOf } from './order-answers';
import { readMarket } from './read-market';
import { SYMBOL } from './symbol-rule';

/** Halts or resumes an instrument. */
export function setTradingStatusRpc(
  core: TradingCore,
): UnaryHandler<trading.SetTradingStatusRequest, trading.SetTradingStatusResponse> {
  return async ({ symbol, tradingStatus }, call) => {
    const status = TRADING_STATUS.fromWire(tradingStatus);
    const check = fields();
    check.text('symbol', symbol, SYMBOL);
    check.require(
      status !== undefined,
      'trading_status',
      'must be TRADING_STATUS_OPEN or TRADING_STATUS_HALTED',
    );
    check.done();
    if (status === undefined) throw new Error('checked above');
    const outcome = await core.submit({ kind: 'SetTradingStatus', symbol, status }, call);
    if (outcome.kind !== 'status-set') throw refusalOf(outcome);
    return { instrument: instrumentToWire(await readMarket(core, symbol)) };
  };
}
