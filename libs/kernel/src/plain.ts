/**
 * A value that a snapshot may hold: what JSON knows, plus `bigint` for money and `Uint8Array` for hashes and keys.
 * Numbers are safe integers. Objects have no class, and their keys carry no order of their own: a codec writes them sorted.
 */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** A list as it is at one moment, whose items are made one by one while it is written: by then what it is of may have gone on. */
export class PlainList {
  constructor(
    /** How many items come. */
    readonly length: number,
    /** Read once. */
    readonly items: Iterable<PlainParts>,
    /** What it is of keeps copies for it until this is called. */
    readonly release: () => void = () => undefined,
  ) {}
}

/** A Plain object some of whose fields are lists that are made while they are written. */
export class PlainFields {
  constructor(readonly fields: { readonly [name: string]: PlainParts }) {}
}

/** A Plain value, or one that is finished bit by bit and released after that. */
export type PlainParts = Plain | PlainList | PlainFields;

/** Finishes a value at once. */
export function wholePlain(parts: PlainParts): Plain {
  try {
    return whole(parts);
  } finally {
    releaseParts(parts);
  }
}

/** Says that nobody will read on in a value, wherever its reader stopped. */
export function releaseParts(parts: PlainParts): void {
  if (parts instanceof PlainFields) for (const part of Object.values(parts.fields)) releaseParts(part);
  if (!(parts instanceof PlainList)) return;
  parts.release();
  if (Array.isArray(parts.items)) for (const item of parts.items as readonly PlainParts[]) releaseParts(item);
}

function whole(parts: PlainParts): Plain {
  if (parts instanceof PlainList) return Array.from(parts.items, whole);
  if (!(parts instanceof PlainFields)) return parts;
  return Object.fromEntries(Object.entries(parts.fields).map(([name, part]) => [name, whole(part)]));
}
