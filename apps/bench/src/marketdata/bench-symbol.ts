/** The one symbol that is published. */
export const BENCH_SYMBOL = 'BENCH';
