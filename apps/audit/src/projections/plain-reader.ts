import { FieldCursor, MalformedBatchError, VARINT } from '../codec/field-cursor';

/**
 * How the bytes of an event name what it is about, by field numbers. Only events whose row in the tables of event-fields.ts says no more
 * than that have a shape; the spec compares the two.
 */
export interface PlainShape {
  /** What it is about: `order/SHARD:NUMBER` and so on. */
  readonly kind: 'order' | 'trade' | 'saga';
  /** Its case in the oneof of the service's event. */
  readonly event: number;
  /** The message within the case that holds the fields below, where the case itself does not. */
  readonly inner?: number;
  /** The inner message is itself a case of a oneof. */
  readonly isInnerOneof?: true;
  readonly number: number;
  /** The account that the event itself names. */
  readonly account?: number;
  /** What it is about begins with it and is that account's, and so is the saga of this field if there is one. */
  readonly begins?: { readonly saga?: number };
  /** Field that makes it another kind of event unless it is 0. */
  readonly unless?: number;
  /** The step that caused it (field 1) says which shard counts its numbers. */
  readonly isOfStep?: true;
}

/** By service and type. */
export type PlainShapes = Readonly<Record<string, Readonly<Record<string, PlainShape>>>>;

/** The shapes of most of all events. */
export const PLAIN_SHAPES: PlainShapes = {
  trading: {
    OrderAccepted: { kind: 'order', event: 3, number: 1, account: 3, begins: { saga: 2 } },
    OrderOpened: { kind: 'order', event: 4, number: 1 },
    OrderCanceled: { kind: 'order', event: 8, number: 1, unless: 2 },
    SagaAdvanced: { kind: 'saga', event: 15, inner: 1, isInnerOneof: true, number: 1 },
  },
  risk: {
    HoldPlaced: { kind: 'order', event: 2, inner: 1, number: 1, account: 2, begins: {}, isOfStep: true },
    HoldReleased: { kind: 'order', event: 3, number: 1, isOfStep: true },
    LotsReleased: { kind: 'order', event: 4, number: 1, isOfStep: true },
    FillApplied: { kind: 'order', event: 5, inner: 1, number: 1, isOfStep: true },
  },
  clearing: {
    LegSettled: { kind: 'trade', event: 2, inner: 2, number: 1, account: 2, isOfStep: true },
    SagaAdvanced: { kind: 'saga', event: 15, inner: 1, isInnerOneof: true, number: 1 },
  },
};

const KEY_FIELD = 1;
const ORIGIN_FIELD = 1;
/** References have at most 15 digits, which are exact. */
const NUMBER_MAX = 999_999_999_999_999;
const POINT = 46;

/** Reads plain events where their bytes stand. One reader serves all: each read overwrites what the one before found. */
export class PlainReader {
  number = 0;
  /** 0 when it begins none. */
  sagaNumber = 0;
  /** The account's bytes; both 0 when the shape has none. */
  accountStart = 0;
  accountEnd = 0;
  /** The bytes of the step's shard; both 0 when the shape has none. */
  originStart = 0;
  originEnd = 0;
  readonly #cursor: FieldCursor;
  readonly #bytes: Buffer;
  #start = 0;
  #end = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#cursor = new FieldCursor(bytes);
  }

  /** False when the event is not as plain as its shape says: it has to be decoded. */
  read(shape: PlainShape, start: number, end: number): boolean {
    try {
      return this.#read(shape, start, end);
    } catch (error) {
      if (error instanceof MalformedBatchError) return false;
      throw error;
    }
  }

  #read(shape: PlainShape, start: number, end: number): boolean {
    if (!this.#enterEvent(shape, start, end)) return false;
    if (shape.inner !== undefined && !this.#enterInner(shape, shape.inner)) return false;
    return this.#readFields(shape);
  }

  #enterEvent(shape: PlainShape, start: number, end: number): boolean {
    const cursor = this.#cursor;
    let [keyStart, keyEnd] = [0, 0];
    this.#start = 0;
    cursor.enter(start, end);
    while (cursor.next()) {
      if (cursor.number === shape.event && this.#start === 0)
        [this.#start, this.#end] = [cursor.bodyStart, cursor.end];
      else if (shape.isOfStep && cursor.number === KEY_FIELD && keyStart === 0)
        [keyStart, keyEnd] = [cursor.bodyStart, cursor.end];
      else return false;
    }
    if (this.#start === 0) return false;
    return shape.isOfStep === undefined || this.#readOrigin(keyStart, keyEnd);
  }

  #readOrigin(start: number, end: number): boolean {
    const cursor = this.#cursor;
    this.originStart = 0;
    cursor.enter(start, end);
    while (cursor.next()) {
      if (cursor.number !== ORIGIN_FIELD) continue;
      if (this.originStart !== 0) return false;
      [this.originStart, this.originEnd] = [cursor.bodyStart, cursor.end];
    }
    return this.originStart !== 0 && this.originEnd > this.originStart;
  }

  #enterInner(shape: PlainShape, inner: number): boolean {
    const cursor = this.#cursor;
    let [start, end] = [0, 0];
    cursor.enter(this.#start, this.#end);
    while (cursor.next()) {
      if (cursor.number === inner && start === 0) [start, end] = [cursor.bodyStart, cursor.end];
      else if (cursor.number === inner || shape.isInnerOneof) return false;
    }
    [this.#start, this.#end] = [start, end];
    return start !== 0;
  }

  #readFields(shape: PlainShape): boolean {
    const cursor = this.#cursor;
    this.number = 0;
    this.sagaNumber = 0;
    this.accountStart = 0;
    this.accountEnd = 0;
    cursor.enter(this.#start, this.#end);
    while (cursor.next()) {
      const { number, value } = cursor;
      if (number === shape.account) [this.accountStart, this.accountEnd] = [cursor.bodyStart, cursor.end];
      else if (number !== shape.number && number !== shape.begins?.saga && number !== shape.unless) continue;
      else if (cursor.wireType !== VARINT || value > NUMBER_MAX) return false;
      else if (number === shape.number) this.number = value;
      else if (number === shape.begins?.saga) this.sagaNumber = value;
      else if (value !== 0) return false;
    }
    return this.number > 0 && (shape.account === undefined || this.#isOwnedAccount());
  }

  /** Printable ASCII with an owner before its point: every account that a participant can have. */
  #isOwnedAccount(): boolean {
    let hasPoint = false;
    for (let at = this.accountStart; at < this.accountEnd; at++) {
      const byte = this.#bytes[at] as number;
      if (byte < 0x21 || byte > 0x7e) return false;
      hasPoint ||= byte === POINT;
    }
    return hasPoint;
  }
}
