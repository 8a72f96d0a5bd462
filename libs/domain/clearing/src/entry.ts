import type { Posting } from './posting';

/**
 * Throws unless every posting is positive and debits equal credits in each asset: an unbalanced entry is a bug, and the shard
 * stops before it can become durable. Entries have at most a handful of postings, so the double loop allocates nothing.
 */
export function assertBalanced(postings: readonly Posting[]): void {
  if (postings.length < 2) throw new Error('a ledger entry needs at least two postings');
  for (const posting of postings) {
    if (posting.amountMinor <= 0n) throw new Error(`posting of ${posting.amountMinor} ${posting.asset}`);
    const netMinor = netOfAsset(postings, posting.asset);
    if (netMinor !== 0n) throw new Error(`entry is off by ${netMinor} ${posting.asset}`);
  }
}

/** Returns the balanced entry without the postings that move nothing, for example a fee of zero. */
export function buildEntry(postings: readonly Posting[]): readonly Posting[] {
  const entry = postings.filter((posting) => posting.amountMinor !== 0n);
  assertBalanced(entry);
  return entry;
}

/** Returns the counter-postings that undo an entry: the same accounts and amounts with the sides exchanged. */
export function counterPostings(postings: readonly Posting[]): readonly Posting[] {
  return postings.map((posting) => ({ ...posting, side: posting.side === 'debit' ? 'credit' : 'debit' }));
}

function netOfAsset(postings: readonly Posting[], asset: string): bigint {
  let netMinor = 0n;
  for (const posting of postings) {
    if (posting.asset !== asset) continue;
    netMinor += posting.side === 'credit' ? posting.amountMinor : -posting.amountMinor;
  }
  return netMinor;
}
