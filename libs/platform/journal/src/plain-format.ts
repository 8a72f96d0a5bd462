/** CBOR's major types that the Plain codec uses. */
export const MAJOR = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/** Simple values, each one byte together with its major type. */
export const SIMPLE = { no: 0xf4, yes: 0xf5, nothing: 0xf6 } as const;

/** Tags of bignums: the bytes are n, or -1 - n. */
export const TAG_BIGNUM_POSITIVE = 0xc2;
/** See TAG_BIGNUM_POSITIVE. */
export const TAG_BIGNUM_NEGATIVE = 0xc3;

/** Nesting beyond this is a bug (a cycle) or an attack, never a state. */
export const DEPTH_MAX = 200;

/** 2 to the power of 32, for splitting safe integers into words. */
export const TWO_TO_32 = 0x1_0000_0000;
