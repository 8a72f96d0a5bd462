import { loadConfig, peerAddresses, setting, withDefault, z } from '@clearway/platform-config';
import { serviceSettings } from '@clearway/platform-service';
import { parseSelfTradeModes, SELF_TRADE_MODES_DEFAULT } from './self-trade-modes';

/** Every environment variable that trading reads. */
export const tradingSettings = z.object({
  ...serviceSettings,
  /** Where RiskStepService is reached: the owner's address and those of its standbys. */
  CLEARWAY_RISK_ADDRESS: peerAddresses(),
  /** Where ClearingStepService is reached, likewise. */
  CLEARWAY_CLEARING_ADDRESS: peerAddresses(),
  /** What orders that name no self-trade prevention do. */
  CLEARWAY_SELF_TRADE_PREVENTION: withDefault(
    setting('MODE[,PARTICIPANT=MODE…], for example CANCEL_NEWEST,maker1=ALLOW', parseSelfTradeModes),
    SELF_TRADE_MODES_DEFAULT,
  ),
});

/** Every setting of trading, read and checked. */
export type TradingSettings = Readonly<z.output<typeof tradingSettings>>;

/** Reads the environment; a wrong one ends the process with a table of everything that is wrong, and status 78. */
export function loadTradingSettings(): TradingSettings {
  return loadConfig(tradingSettings, process.env);
}
