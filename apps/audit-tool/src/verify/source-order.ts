import { decodeEntry } from '@clearway/domain-audit';
import type { Finding, SourceSpan } from './finding';

interface Span {
  first: number;
  last: number;
  entries: number;
}

/** Watches that each source's events stand in the order of its journal without a gap, and begin at 0 when the log does. */
export class SourceOrder {
  readonly #spans = new Map<string, Span>();
  /** The first break of order; it says what is missing or too much. */
  firstBreak: Finding | undefined;

  constructor(private readonly fromLeaf: number) {}

  /** Takes the next entry and gives its name. */
  next(leaf: number, line: number, bytes: Uint8Array): string {
    const decoded = decodeEntry(bytes);
    if (decoded.kind === 'malformed') {
      this.#note({ kind: 'GAP', leaf, line, message: `leaf ${leaf} is no audit entry: ${decoded.defect}` });
      return `leaf ${leaf}`;
    }
    const { sourceShard, eventNumber } = decoded.entry;
    const event = `${sourceShard}#${eventNumber}`;
    const span = this.#spans.get(sourceShard);
    const expected = span === undefined ? (this.fromLeaf === 0 ? 0 : eventNumber) : span.last + 1;
    if (eventNumber !== expected) {
      const problem =
        eventNumber > expected ? `${sourceShard}#${expected} is missing` : `${event} stands again`;
      this.#note({ kind: 'GAP', leaf, line, event, message: `at leaf ${leaf}: ${problem} (found ${event})` });
    }
    if (span === undefined)
      this.#spans.set(sourceShard, { first: eventNumber, last: eventNumber, entries: 1 });
    else Object.assign(span, { last: eventNumber, entries: span.entries + 1 });
    return event;
  }

  sources(): SourceSpan[] {
    return [...this.#spans]
      .map(([shard, { first, last, entries }]) => ({ shard, entries, firstEvent: first, lastEvent: last }))
      .sort((a, b) => (a.shard < b.shard ? -1 : 1));
  }

  #note(finding: Finding): void {
    this.firstBreak ??= finding;
  }
}
