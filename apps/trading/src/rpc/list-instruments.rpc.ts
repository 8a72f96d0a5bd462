import type { trading } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import { instrumentToWire } from '../codec/instrument.codec';
import type { TradingCore } from '../trading-core';

/** All instruments, in the order of their listing. */
export function listInstrumentsRpc(
  core: TradingCore,
): UnaryHandler<trading.ListInstrumentsRequest, trading.ListInstrumentsResponse> {
  return async () => ({
    instruments: await core.read((state) => [...state.markets.values()].map(instrumentToWire)),
  });
}
