import { ITCH_LAYOUTS, type ItchField } from './itch-layouts';

/** A message's fields by name: text for text, bigint for everything that is counted. */
export type ItchFields = Readonly<Record<string, string | bigint>>;

const HEADER: readonly ItchField[] = [
  ['messageType', 'text', 1],
  ['stockLocate', 'uint', 2],
  ['trackingNumber', 'uint', 2],
  ['timestamp', 'time', 6],
];

/**
 * Reads all fields of a message by its type's layout: for tools and tests. Books are rebuilt with `ItchView`, which makes no
 * objects. Throws on a type that the specification does not have and on a message that is too short.
 */
export function decodeItch(bytes: Buffer, at = 0): ItchFields {
  const type = String.fromCharCode(bytes[at] ?? 0);
  const fields: Record<string, string | bigint> = {};
  let offset = at;
  for (const [name, kind, length] of fieldsOf(type)) {
    if (offset + length > bytes.length) throw new Error(`message ${type} ends within ${name}`);
    const isText = kind === 'text';
    fields[name] = isText ? textAt(bytes, offset, length) : uintAt(bytes, offset, length);
    offset += length;
  }
  return fields;
}

/** Writes a message from its fields: the reverse of `decodeItch`. Fields that are not given are zero or blank. */
export function encodeItch(type: string, fields: ItchFields): Buffer {
  const layout = fieldsOf(type);
  const bytes = Buffer.alloc(layout.reduce((sum, [, , length]) => sum + length, 0));
  let offset = 0;
  for (const [name, kind, length] of layout) {
    const value = name === 'messageType' ? type : fields[name];
    if (kind === 'text') bytes.write(String(value ?? '').padEnd(length), offset, length, 'latin1');
    else writeUint(bytes, offset, length, BigInt(value ?? 0));
    offset += length;
  }
  return bytes;
}

function fieldsOf(type: string): readonly ItchField[] {
  const layout = ITCH_LAYOUTS[type];
  if (layout === undefined) throw new Error(`ITCH 5.0 has no message type ${JSON.stringify(type)}`);
  return [...HEADER, ...layout.fields];
}

function textAt(bytes: Buffer, at: number, length: number): string {
  return bytes.toString('latin1', at, at + length).trimEnd();
}

function uintAt(bytes: Buffer, at: number, length: number): bigint {
  let value = 0n;
  for (let i = at; i < at + length; i++) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

function writeUint(bytes: Buffer, at: number, length: number, value: bigint): void {
  if (value < 0n || value >> BigInt(length * 8) !== 0n)
    throw new Error(`${value} does not fit ${length} bytes`);
  for (let i = 0; i < length; i++) bytes[at + i] = Number((value >> BigInt((length - 1 - i) * 8)) & 255n);
}
