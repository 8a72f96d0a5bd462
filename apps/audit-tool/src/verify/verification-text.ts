import type { Verification } from './finding';

/** Writes the outcome for people: what was checked, then what is wrong, the first thing first. */
export function verificationText(file: string, outcome: Verification): string {
  const { findings, entries, fromLeaf, toLeaf, treeSize, origin, sources } = outcome;
  const lines = [
    `file        ${file}`,
    `log         ${origin || 'unknown'}, ${treeSize} leaves signed`,
    `entries     ${entries}, leaves ${fromLeaf} to ${toLeaf - 1}`,
    ...sources.map(({ shard, entries: count, firstEvent, lastEvent }) => {
      return `  ${shard.padEnd(12)}${count} events, ${firstEvent} to ${lastEvent}`;
    }),
    `proofs      ${outcome.inclusionProofs} of inclusion, ${outcome.consistencyProofs} of consistency`,
    `checkpoints ${outcome.olderCheckpoints} older ones agree`,
    ...(outcome.keyFromFile
      ? ['key         from the file itself: compare it with the one published (--key)']
      : []),
    ...findings.map(({ kind, message }, i) => `${i === 0 ? 'FIRST' : 'also '} ${kind}: ${message}`),
    findings.length === 0
      ? 'GENUINE: every entry is as it was signed, none is missing, added or moved.'
      : 'NOT GENUINE: do not rely on this file.',
  ];
  return `${lines.join('\n')}\n`;
}
