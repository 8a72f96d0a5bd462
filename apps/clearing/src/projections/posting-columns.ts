import type { Posting } from '@clearway/domain-clearing';
import { plainArray, textArray } from '@clearway/platform-projection';
import type { EntryRow } from './posting-rows';

/** Postings turned into columns, because one unnest of arrays is the cheapest way into Postgres. */
export class PostingColumns {
  private readonly entryNumbers: number[] = [];
  private readonly lines: number[] = [];
  private readonly times: number[] = [];
  private readonly owners: string[] = [];
  private readonly purposes: string[] = [];
  private readonly assets: string[] = [];
  private readonly sides: string[] = [];
  private readonly amounts: bigint[] = [];
  private readonly balances: bigint[] = [];
  private readonly kinds: string[] = [];
  private readonly references: string[] = [];

  /** Adds a posting with the balance right after it. */
  add(entry: EntryRow, line: number, posting: Posting, balanceMinor: bigint, reference: string): void {
    this.entryNumbers.push(entry.entryNumber);
    this.lines.push(line);
    this.times.push(entry.atMicros);
    this.owners.push(posting.owner);
    this.purposes.push(posting.purpose);
    this.assets.push(posting.asset);
    this.sides.push(posting.side);
    this.amounts.push(posting.amountMinor);
    this.balances.push(balanceMinor);
    this.kinds.push(entry.kind);
    this.references.push(reference);
  }

  /** The columns in the order of the table, without the shard. */
  values(): readonly string[] {
    return [
      plainArray(this.entryNumbers),
      plainArray(this.lines),
      plainArray(this.times),
      textArray(this.owners),
      textArray(this.purposes),
      textArray(this.assets),
      textArray(this.sides),
      plainArray(this.amounts),
      plainArray(this.balances),
      textArray(this.kinds),
      textArray(this.references),
    ];
  }
}
