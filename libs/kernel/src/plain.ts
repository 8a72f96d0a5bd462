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

/** The bytes of a page as it was written last; undefined until somebody has. */
export interface WrittenPage {
  bytes: Uint8Array | undefined;
}

/**
 * Items that stand next to each other in a list. Whoever writes them notes their bytes in `written`, and writes only those
 * when they are known: then nothing of the page has changed since.
 */
export class PlainPage {
  constructor(
    /** How many items it has. */
    readonly length: number,
    /** Read once, and only at once when the bytes are known. */
    readonly items: Iterable<Plain>,
    readonly written: WrittenPage,
  ) {}
}

/** A list as it is at one moment, whose items are made one by one while it is written: by then what it is of may have gone on. */
export class PlainList {
  constructor(
    /** How many items come, those of pages included. */
    readonly length: number,
    /** Read once. */
    readonly items: Iterable<PlainListItem>,
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

/** What a list is made of. */
export type PlainListItem = PlainParts | PlainPage;

/** Says that nobody will read on in a value, wherever its reader stopped. */
export function releaseParts(parts: PlainParts): void {
  if (parts instanceof PlainFields) for (const part of Object.values(parts.fields)) releaseParts(part);
  if (!(parts instanceof PlainList)) return;
  parts.release();
  if (!Array.isArray(parts.items)) return;
  for (const item of parts.items as readonly PlainListItem[])
    if (!(item instanceof PlainPage)) releaseParts(item);
}

function whole(parts: PlainParts): Plain {
  if (parts instanceof PlainList) return wholeList(parts);
  if (!(parts instanceof PlainFields)) return parts;
  return Object.fromEntries(Object.entries(parts.fields).map(([name, part]) => [name, whole(part)]));
}

function wholeList({ items }: PlainList): Plain[] {
  const list: Plain[] = [];
  for (const item of items) {
    if (!(item instanceof PlainPage)) list.push(whole(item));
    else for (const each of item.items) list.push(each);
  }
  return list;
}

/** What comes of steps that are taken at once. */
export function finished<Result>(steps: Iterator<undefined, Result>): Result {
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
  }
}
