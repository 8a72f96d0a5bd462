import { loadConfig, peerAddress, z } from '@clearway/platform-config';
import { serviceSettings } from '@clearway/platform-service';

const schema = z.object({
  ...serviceSettings,
  /** Where RiskStepService is reached. */
  CLEARWAY_RISK_ADDRESS: peerAddress(),
});

/** The settings of this process, read once from the environment; a wrong one ends it with a table of what is wrong. */
export const config = loadConfig(schema, process.env);

/** Every setting of clearing. */
export type ClearingConfig = typeof config;
