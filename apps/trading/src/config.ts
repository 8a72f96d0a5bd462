import { loadConfig, peerAddresses, z } from '@clearway/platform-config';
import { serviceSettings } from '@clearway/platform-service';

/** Every environment variable that trading reads. */
export const tradingSettings = z.object({
  ...serviceSettings,
  /** Where RiskStepService is reached: the owner's address and those of its standbys. */
  CLEARWAY_RISK_ADDRESS: peerAddresses(),
  /** Where ClearingStepService is reached, likewise. */
  CLEARWAY_CLEARING_ADDRESS: peerAddresses(),
});

/** Every setting of trading, read and checked. */
export type TradingSettings = Readonly<z.output<typeof tradingSettings>>;

/** Reads the environment; a wrong one ends the process with a table of everything that is wrong, and status 78. */
export function loadTradingSettings(): TradingSettings {
  return loadConfig(tradingSettings, process.env);
}
