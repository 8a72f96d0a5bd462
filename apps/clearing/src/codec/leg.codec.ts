import { type clearing, common } from '@clearway/contracts';
import type { SettleLeg } from '@clearway/domain-clearing';

/** A leg as the wire and the journal carry it. */
export function toWireLeg(leg: SettleLeg): clearing.SettleLeg {
  return { ...leg, side: leg.side === 'buy' ? common.Side.SIDE_BUY : common.Side.SIDE_SELL };
}

/** A leg read back. Throws on a side that is neither buy nor sell; the RPC has checked it before. */
export function fromWireLeg(wire: clearing.SettleLeg): SettleLeg {
  const { tradeNumber, account, baseAsset, baseMinor, quoteAsset, quoteMinor, feeMinor } = wire;
  if (wire.side !== common.Side.SIDE_BUY && wire.side !== common.Side.SIDE_SELL)
    throw new Error(`side ${wire.side} of trade ${tradeNumber} is unknown`);
  const side = wire.side === common.Side.SIDE_BUY ? 'buy' : 'sell';
  return { tradeNumber, account, side, baseAsset, baseMinor, quoteAsset, quoteMinor, feeMinor };
}
