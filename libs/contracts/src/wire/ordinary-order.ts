import type { PlaceOrderRequest } from '../generated/clearway/trading/v1/trading_service';

/** The fields of PlaceOrder that ordinary orders leave unset, for programs that place only those. */
export const ORDINARY_ORDER: Pick<
  PlaceOrderRequest,
  'selfTradePrevention' | 'stopPrice' | 'trailingOffset' | 'expireAtMicros' | 'displayQty'
> = {
  selfTradePrevention: 0,
  stopPrice: '',
  trailingOffset: '',
  expireAtMicros: 0,
  displayQty: '',
};
