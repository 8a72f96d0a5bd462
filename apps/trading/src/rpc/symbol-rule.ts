import type { TextRule } from '@clearway/platform-rpc';

/** What a symbol that is only looked up may look like: no listed one is longer. */
export const SYMBOL: TextRule = { charsMax: 64 };
