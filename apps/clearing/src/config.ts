import { loadConfig, peerAddresses, z } from '@clearway/platform-config';
import { serviceSettings } from '@clearway/platform-service';

/** Every environment variable that clearing reads. */
export const clearingSettings = z.object({
  ...serviceSettings,
  /** Where RiskStepService is reached: the owner's address and those of its standbys. */
  CLEARWAY_RISK_ADDRESS: peerAddresses(),
});

/** Every setting of clearing, read and checked. */
export type ClearingSettings = Readonly<z.output<typeof clearingSettings>>;

/** Reads the environment; a wrong one ends the process with a table of everything that is wrong, and status 78. */
export function loadClearingSettings(): ClearingSettings {
  return loadConfig(clearingSettings, process.env);
}
