import { FieldCursor, MalformedBatchError } from './field-cursor';

const CONTEXTS_FIELD = 1;
const EVENTS_FIELD = 2;
const CONTEXT_NUMBERS = 2;
const EVENT_NUMBERS = 5;

/**
 * Where the contexts and events of a source's batch stand in its payload. Numbers instead of views: a batch has thousands of events,
 * and most of what is done with them needs no object of theirs. The generated codec is not used, because it drops fields that it does
 * not know: a leaf must cover every byte that the source wrote, also when the source is newer than this process.
 */
export class BatchLayout {
  readonly payload: Buffer;
  /** Of each context: where it starts and ends. */
  readonly #contexts: number[] = [];
  /** Of each event: index of its context; where its type and its data start and end. */
  readonly #events: number[] = [];

  /** @throws MalformedBatchError */
  constructor(payload: Buffer) {
    this.payload = payload;
    const batch = new FieldCursor(payload);
    const record = new FieldCursor(payload);
    while (batch.next()) {
      if (batch.number === CONTEXTS_FIELD) this.#contexts.push(batch.bodyStart, batch.end);
      else if (batch.number === EVENTS_FIELD) {
        record.enter(batch.bodyStart, batch.end);
        this.#addEvent(record);
      }
    }
    this.#requireContexts();
  }

  get contextCount(): number {
    return this.#contexts.length / CONTEXT_NUMBERS;
  }

  get eventCount(): number {
    return this.#events.length / EVENT_NUMBERS;
  }

  contextStart(context: number): number {
    return this.#contexts[context * CONTEXT_NUMBERS] as number;
  }

  contextEnd(context: number): number {
    return this.#contexts[context * CONTEXT_NUMBERS + 1] as number;
  }

  /** Encoded clearway.journal.v1.CommandContext, a view. */
  context(context: number): Buffer {
    return this.payload.subarray(this.contextStart(context), this.contextEnd(context));
  }

  /** Index of an event's context. */
  contextOf(event: number): number {
    return this.#events[event * EVENT_NUMBERS] as number;
  }

  typeStart(event: number): number {
    return this.#events[event * EVENT_NUMBERS + 1] as number;
  }

  typeEnd(event: number): number {
    return this.#events[event * EVENT_NUMBERS + 2] as number;
  }

  type(event: number): string {
    return this.payload.toString('utf8', this.typeStart(event), this.typeEnd(event));
  }

  dataStart(event: number): number {
    return this.#events[event * EVENT_NUMBERS + 3] as number;
  }

  dataEnd(event: number): number {
    return this.#events[event * EVENT_NUMBERS + 4] as number;
  }

  /** The event's message as its source encoded it, a view. */
  data(event: number): Buffer {
    return this.payload.subarray(this.dataStart(event), this.dataEnd(event));
  }

  #addEvent(record: FieldCursor): void {
    let [context, typeStart, typeEnd, dataStart, dataEnd] = [0, 0, 0, 0, 0];
    while (record.next()) {
      if (record.number === 1) context = record.value;
      else if (record.number === 2) [typeStart, typeEnd] = [record.bodyStart, record.end];
      else if (record.number === 3) [dataStart, dataEnd] = [record.bodyStart, record.end];
    }
    this.#events.push(context, typeStart, typeEnd, dataStart, dataEnd);
  }

  #requireContexts(): void {
    for (let event = 0; event < this.eventCount; event++)
      if (this.contextOf(event) >= this.contextCount)
        throw new MalformedBatchError(`event ${this.type(event)} names no context of its batch`);
  }
}
