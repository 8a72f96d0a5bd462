import { dirname, join } from 'node:path';
import { isKeyName, isSourceShard } from '@clearway/domain-audit';
import {
  type Address,
  absolutePath,
  type Environment,
  flag,
  loadConfig,
  parseAddress,
  setting,
  withDefault,
  z,
} from '@clearway/platform-config';
import { serviceSettings } from '@clearway/platform-service';

/** One journal to follow: its shard, and where its service's FeedService is. */
export interface SourceAddress {
  readonly shard: string;
  /** The owner's address and those of its standbys. */
  readonly addresses: readonly Address[];
}

const ORIGIN_DEFAULT = 'clearway.example/audit/0';
/** Leaves for audit's own events would be events again, without end. */
const OWN_SHARD_PATTERN = /^audit\//;

const auditSettings = z.object({
  ...serviceSettings,
  /** Journals that the tree covers. */
  CLEARWAY_SOURCES: setting(
    'SHARD=HOST:PORT[|HOST:PORT…][,SHARD=…], each shard once, none of audit',
    readSources,
  ),
  /** The log's Ed25519 key (PEM); created on the first start in development only. */
  CLEARWAY_AUDIT_KEY: absolutePath("the log's private key (PEM)"),
  /** The key that was used before, while it is being replaced: both sign. */
  CLEARWAY_AUDIT_KEY_BEFORE: absolutePath("the log's former private key (PEM)").optional(),
  /** Folder that checkpoints are published in; in development beside the key when it is not set, else nowhere. */
  CLEARWAY_AUDIT_CHECKPOINT_DIR: absolutePath('folder for published checkpoints').optional(),
  /** Name of the log, on the first line of each checkpoint. It can never be changed afterwards. */
  CLEARWAY_AUDIT_ORIGIN: withDefault(
    setting('a name without spaces and plus signs, for example clearway.example/audit/0', readOrigin),
    ORIGIN_DEFAULT,
  ),
  /** True allows what only a laptop may do. */
  CLEARWAY_DEVELOPMENT: withDefault(flag(), false),
});

/** Audit's settings, read and checked. */
export type AuditSettings = Readonly<z.output<typeof auditSettings>>;

/** Reads audit's settings from the environment: the only reader of `process.env`. A wrong one ends the process with status 78. */
export function loadAuditSettings(env: Environment = process.env): AuditSettings {
  return loadConfig(auditSettings, env);
}

/** Where checkpoints are published; undefined for nowhere. */
export function checkpointDirOf(settings: AuditSettings): string | undefined {
  const { CLEARWAY_AUDIT_CHECKPOINT_DIR: dir, CLEARWAY_AUDIT_KEY: key, CLEARWAY_DEVELOPMENT } = settings;
  return dir ?? (CLEARWAY_DEVELOPMENT ? join(dirname(key), 'checkpoints') : undefined);
}

function readSources(text: string): readonly SourceAddress[] | undefined {
  const sources = text.split(',').map((part) => readSource(part.trim()));
  const known = sources.filter((source) => source !== undefined);
  const shards = new Set(known.map(({ shard }) => shard));
  return shards.size === sources.length ? known : undefined;
}

function readSource(text: string): SourceAddress | undefined {
  const [shard = '', target = ''] = text.split('=', 2);
  const parts = target.split('|');
  const addresses = parts.map(parseAddress).flatMap((address) => (address?.port ? [address] : []));
  const isSource = isSourceShard(shard) && !OWN_SHARD_PATTERN.test(shard);
  return isSource && addresses.length === parts.length ? { shard, addresses } : undefined;
}

function readOrigin(text: string): string | undefined {
  return isKeyName(text) ? text : undefined;
}
