import type { trading } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import { killSwitchToWire } from '../codec/kill-switch.codec';
import type { TradingCore } from '../trading-core';

/** The kill switches that are engaged. */
export function listKillSwitchesRpc(
  core: TradingCore,
): UnaryHandler<trading.ListKillSwitchesRequest, trading.ListKillSwitchesResponse> {
  return async () => ({
    killSwitches: await core.read((state) => [...state.killSwitches.values()].map(killSwitchToWire)),
  });
}
