import { hostname } from 'node:os';
import { type AssetCatalogue, parseAssetCatalogue } from '@clearway/kernel';
import {
  absolutePath,
  listenSettings,
  optional,
  postgresSettings,
  setting,
  telemetrySettings,
  tlsSettings,
  withDefault,
  type z,
} from '@clearway/platform-config';

/** Assets of a development stack. */
const ASSETS_DEFAULT = 'USD:2,EUR:2,AMZN:0,MSFT:0,BTC:8';

/**
 * What every service reads from the environment. A service's `config.ts` spreads it into its schema:
 * `loadConfig(z.object({ ...serviceSettings, … }), process.env)`.
 */
export const serviceSettings = {
  ...listenSettings,
  ...tlsSettings,
  /** Certificates that are refused before they expire; read again when it changes. See `parseRevocations`. */
  CLEARWAY_TLS_REVOKED: optional(absolutePath('the list of revoked certificates')),
  ...postgresSettings,
  ...telemetrySettings,
  /** Names the running process as the owner of shard leases. The same name takes over from its former self at once. */
  CLEARWAY_INSTANCE: withDefault(
    setting('1 to 100 characters A-Z a-z 0-9 . _ : / -', readInstance),
    `${hostname()}:${process.pid}`,
  ),
  /** The catalogue of assets; the same in every service, because a minor unit must mean the same everywhere. */
  CLEARWAY_ASSETS: withDefault(
    setting('ASSET:DECIMALS[,ASSET:DECIMALS…], for example USD:2,AMZN:0', readAssets),
    parseAssetCatalogue(ASSETS_DEFAULT),
  ),
} as const;

/** The settings of every service, read and checked. */
export type ServiceSettings = {
  readonly [Name in keyof typeof serviceSettings]: z.output<(typeof serviceSettings)[Name]>;
};

function readInstance(text: string): string | undefined {
  return /^[\w.:/-]{1,100}$/.test(text) ? text : undefined;
}

function readAssets(text: string): AssetCatalogue | undefined {
  try {
    return parseAssetCatalogue(text);
  } catch {
    return undefined;
  }
}
