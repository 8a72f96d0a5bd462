export { LastValues, type StampedValue, type ValueListener } from './last-values';
export type { RedisAddress } from './redis-address';
export { COMMAND_TIMEOUT_MS, FAILURES_BEFORE_OPEN, OPEN_MS, RedisLink, type RedisLog } from './redis-link';
export { EXCHANGE_EVERY_MS, type RateLimitOptions, SharedRateLimits } from './shared-rate-limits';
export { READ_EVERY_MS, type RevocationSharing, SharedRevocations } from './shared-revocations';
