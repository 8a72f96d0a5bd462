import { readFileSync } from 'node:fs';
import { RedisLink, SharedRateLimits, SharedRevocations } from '@clearway/platform-redis';
import { parseRevocations, type RateLimit } from '@clearway/platform-rpc';
import type { Logger } from '@clearway/platform-telemetry';
import type { ServiceSettings } from './service-settings';
import { sharedRevocations } from './service-tls';

/** What the processes of a service share, or each has for itself where there is no Redis. */
export interface SharedState {
  /** Undefined where callers are not limited. */
  readonly rateLimit: RateLimit | undefined;
  /** Undefined where processes share nothing. */
  readonly redis: RedisLink | undefined;
  close(): void;
}

type Settings = Pick<
  ServiceSettings,
  | 'CLEARWAY_REDIS_URL'
  | 'CLEARWAY_REDIS_USERNAME'
  | 'CLEARWAY_REDIS_PASSWORD'
  | 'CLEARWAY_REDIS_CA'
  | 'CLEARWAY_CALLS_PER_SECOND_MAX'
  | 'CLEARWAY_TLS_REVOKED'
>;

/** Opens what is shared. It never fails for want of Redis: that is looked for as long as the process lives. */
export function openSharedState(service: string, settings: Settings, log: Logger): SharedState {
  const { CLEARWAY_CALLS_PER_SECOND_MAX: perSecondMax } = settings;
  const redis = openRedis(settings, log);
  const own = (): readonly string[] => ownRevocations(settings.CLEARWAY_TLS_REVOKED);
  const revocations = redis && new SharedRevocations({ redis, marks: sharedRevocations, own });
  const limits =
    perSecondMax === undefined ? undefined : new SharedRateLimits({ scope: service, perSecondMax, redis });
  // Services and operators are ours: only those who trade are limited.
  const rateLimit: RateLimit | undefined =
    limits && ((caller) => (caller.kind === 'participant' ? limits.take(caller.name) : undefined));
  const close = (): void => {
    limits?.close();
    revocations?.close();
    redis?.close();
  };
  return { rateLimit, redis, close };
}

function openRedis(settings: Settings, log: Logger): RedisLink | undefined {
  const { CLEARWAY_REDIS_URL: url, CLEARWAY_REDIS_CA: caPath } = settings;
  const { CLEARWAY_REDIS_USERNAME: username, CLEARWAY_REDIS_PASSWORD: password } = settings;
  return url === undefined ? undefined : new RedisLink({ url, username, password, caPath }, log);
}

/** A list that cannot be read is reported by those who enforce it; here it only has nothing to tell. */
function ownRevocations(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  try {
    return [...parseRevocations(readFileSync(path, 'utf8'))];
  } catch {
    return [];
  }
}
