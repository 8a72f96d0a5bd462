/** Most logical shards of one service; a journal, a lease and a machine stand behind each. */
export const SHARDS_MAX = 64;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The shard that a key (a symbol, an account) belongs to, from 0 to `shardCount` - 1. The same key gives the same shard in
 * every process and version for as long as the count stays: FNV-1a over UTF-16 units, mixed as MurmurHash3 ends.
 */
export function shardIndexOf(key: string, shardCount: number): number {
  if (shardCount === 1) return 0;
  let hash = FNV_OFFSET;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % shardCount;
}

/** `trading/1`: what a shard is called in leases, journals and ids. */
export function shardIdOf(service: string, index: number): string {
  return `${service}/${index}`;
}

/** Index of a shard id of this service; undefined for anything else. */
export function shardIndexIn(service: string, shardId: string): number | undefined {
  const [name, digits = '', ...rest] = shardId.split('/');
  const isOwn = name === service && rest.length === 0 && /^(?:0|[1-9][0-9]?)$/.test(digits);
  return isOwn && Number(digits) < SHARDS_MAX ? Number(digits) : undefined;
}
