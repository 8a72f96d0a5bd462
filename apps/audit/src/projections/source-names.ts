import type { BatchLayout } from '../codec/batch-layout';
import { keyOf } from './entry-keys';
import { KeyGroup } from './key-group';
import type { PlainShape, PlainShapes } from './plain-reader';
import { storable } from './storable';

/** What all events of one type of a source share. */
export interface SourceType {
  readonly name: string;
  readonly bytes: Buffer;
  readonly action: KeyGroup;
  /** Undefined for types whose events are decoded. */
  readonly shape: PlainShape | undefined;
}

/** A source has some dozens of types; where it invents one for each event, those are not kept. */
const TYPES_MAX = 256;

/** A source's name and the names of its types, hashed once. */
export class SourceNames {
  readonly shard: KeyGroup;
  readonly shardBytes: Buffer;
  readonly #shapes: Readonly<Record<string, PlainShape>>;
  readonly #types: SourceType[] = [];

  constructor(
    readonly name: string,
    shapes: PlainShapes,
  ) {
    this.shard = new KeyGroup([keyOf('shard', storable(name))]);
    this.shardBytes = Buffer.from(name);
    this.#shapes = shapes[name.slice(0, name.indexOf('/'))] ?? {};
  }

  /** The type of an event of the batch. */
  typeOf(layout: BatchLayout, event: number): SourceType {
    const [start, end] = [layout.typeStart(event), layout.typeEnd(event)];
    for (const type of this.#types) if (isAt(type.bytes, layout.payload, start, end)) return type;
    const name = layout.type(event);
    const type = {
      name,
      bytes: Buffer.from(layout.payload.subarray(start, end)),
      action: new KeyGroup([keyOf('action', storable(name))]),
      shape: Object.hasOwn(this.#shapes, name) ? this.#shapes[name] : undefined,
    };
    if (this.#types.length < TYPES_MAX) this.#types.push(type);
    return type;
  }
}

function isAt(bytes: Buffer, payload: Buffer, start: number, end: number): boolean {
  if (end - start !== bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) if (payload[start + i] !== bytes[i]) return false;
  return true;
}
