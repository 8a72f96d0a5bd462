import { storable } from './storable';

/** What an entry can be found by. Each kind hashes apart, so that an account and an actor of one name are two keys. */
export type KeyKind = 'account' | 'participant' | 'resource' | 'actor' | 'action' | 'trace' | 'shard';

const SEEDS: Readonly<Record<KeyKind, number>> = {
  account: 1,
  participant: 2,
  resource: 3,
  actor: 4,
  action: 5,
  trace: 6,
  shard: 7,
};

/**
 * Numbered things (orders, trades, sagas) share a key with their neighbours: what happens to neighbours happens at about the same
 * time, so a block holds one key for many of them, and a search reads hardly more blocks.
 */
export const NUMBERS_PER_KEY = 16;
const TWO_TO_32 = 4_294_967_296;
const HIGH_BITS = 0x1f_ffff;
const COLON = 58;
const ZERO = 48;

/**
 * The key that a value is found by: a hash of 53 bits, so that it is a plain number here and a bigint in the table. Two values may
 * share one; whoever finds by keys compares the values afterwards. The function is for ever: stored keys were made by it.
 */
export function keyOf(kind: KeyKind, value: string): number {
  return hashed(SEEDS[kind], value, value.length, -1);
}

/** The key of a resource: `order/trading/0:17` has the key of all orders of trading/0 from 16 to 31; others their own. */
export function resourceKey(resource: string): number {
  const colon = numberAt(resource);
  if (colon < 0) return keyOf('resource', resource);
  const group = Math.floor(numberFrom(resource, colon) / NUMBERS_PER_KEY);
  return hashed(SEEDS.resource, resource, colon, group);
}

/** Whose something is, as its entries are found by it: accounts, the participants who own them, orders. */
export function subjectKeys(subject: {
  readonly accounts: readonly string[];
  readonly orders: readonly string[];
}): number[] {
  const keys: number[] = [];
  for (const account of subject.accounts) {
    keys.push(keyOf('account', storable(account)));
    // The owner of an account is the part before its point.
    const point = account.indexOf('.');
    if (point >= 0) keys.push(keyOf('participant', account.slice(0, point)));
  }
  for (const order of subject.orders) keys.push(resourceKey(storable(`order/${order}`)));
  return keys;
}

/** Where the colon before a resource's number stands, -1 when it does not end in a number that is exact. */
export function numberAt(resource: string): number {
  let at = resource.length - 1;
  while (at >= 0 && isDigit(resource.charCodeAt(at))) at--;
  const digits = resource.length - 1 - at;
  return digits > 0 && digits <= 15 && at > 0 && resource.charCodeAt(at) === COLON ? at : -1;
}

/** The number behind the colon that `numberAt` found. Read digit by digit: a part of a text is not worth a text of its own here. */
export function numberFrom(resource: string, colon: number): number {
  let number = 0;
  for (let at = colon + 1; at < resource.length; at++) number = number * 10 + resource.charCodeAt(at) - ZERO;
  return number;
}

/** Two multiplicative hashes side by side, finished as in MurmurHash3, of which 21 and 32 bits are kept. */
function hashed(seed: number, text: string, end: number, group: number): number {
  let low = 0x9e3779b9 ^ seed;
  let high = 0x85ebca6b ^ seed;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x9e3779b1);
    high = Math.imul(high ^ code, 0x5f356495);
  }
  if (group >= 0) {
    low = Math.imul(low ^ (group % TWO_TO_32), 0x9e3779b1);
    high = Math.imul(
      high ^ Math.floor(group / TWO_TO_32) ^ Math.imul(group % TWO_TO_32, 0x27d4eb2f),
      0x5f356495,
    );
  }
  const first = finished(low) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  const second = finished(high) ^ Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second & HIGH_BITS) * TWO_TO_32 + (first >>> 0);
}

function finished(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code < ZERO + 10;
}
