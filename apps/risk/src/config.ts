import { loadConfig, z } from '@clearway/platform-config';
import { type ServiceSettings, serviceSettings } from '@clearway/platform-service';

/** Reads risk's settings from the environment: those that every service has. The only reader of `process.env`. */
export function loadRiskSettings(): ServiceSettings {
  return loadConfig(z.object(serviceSettings), process.env);
}
