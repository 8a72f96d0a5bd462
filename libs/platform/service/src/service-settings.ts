import { hostname } from 'node:os';
import { type AssetCatalogue, parseAssetCatalogue } from '@clearway/kernel';
import {
  absolutePath,
  listenSettings,
  optional,
  peerAddress,
  postgresSettings,
  redisUrl,
  setting,
  telemetrySettings,
  tlsSettings,
  wholeNumber,
  withDefault,
  type z,
} from '@clearway/platform-config';
import { SHARDS_MAX } from '@clearway/platform-sharding';

const CALLS_PER_SECOND_LIMIT = 1_000_000;
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
  /** Number of logical shards of this service; recorded at the first start, and the same in every process ever after. */
  CLEARWAY_SHARDS: withDefault(wholeNumber('shards', 1, SHARDS_MAX), 1),
  /** Where other processes reach this one, when that is not the address it listens on. */
  CLEARWAY_ADVERTISE: optional(peerAddress()),
  /** What instances share goes through it; without it each goes by itself. */
  CLEARWAY_REDIS_URL: optional(redisUrl()),
  /** Who asks Redis, where the URL is not to hold it; both win over what the URL says. */
  CLEARWAY_REDIS_USERNAME: optional(setting('name of a user of Redis', readText)),
  CLEARWAY_REDIS_PASSWORD: optional(setting('password of that user (secret)', readText)),
  /** Whoever signed the certificate of a Redis over TLS, where that is none of the authorities that Node knows. */
  CLEARWAY_REDIS_CA: optional(absolutePath("the CA certificate of Redis' server (PEM)")),
  /** Unary calls and new streams of one participant a second, over all processes of the service; without it any number. */
  CLEARWAY_CALLS_PER_SECOND_MAX: optional(wholeNumber('calls', 1, CALLS_PER_SECOND_LIMIT)),
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

/** Secrets are mounted from files that often end with a line break, which `setting` has taken off. */
function readText(text: string): string | undefined {
  return /^[\x21-\x7e]{1,512}$/.test(text) ? text : undefined;
}

function readAssets(text: string): AssetCatalogue | undefined {
  try {
    return parseAssetCatalogue(text);
  } catch {
    return undefined;
  }
}
