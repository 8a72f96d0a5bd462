/** The scenarios of the benchmark in the order of its tables. */
export const SCENARIOS = ['static', 'normal', 'swing-25', 'swing-40', 'flash-crash'] as const;

/**
 * Reads the published SHA-256 of each scenario's right reports at the canonical seed from the text of the benchmark's
 * `reference/correctness_hash.txt`: lines of a hash and `NAME_seed23_count1000000_reports.txt`.
 */
export function parsePublishedHashes(text: string): Map<string, string> {
  const rows = text.matchAll(/^([0-9a-f]{64})\s+(\S+)_seed23_count1000000_reports\.txt$/gm);
  return new Map([...rows].map(([, hash, scenario]) => [scenario!, hash!]));
}
