const CHARS_MAX = 32;
const SLOTS = 8_192;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Texts that were read lately, each in the one slot that its bytes choose. A new one takes the place of the old. */
const texts: string[] = Array.from({ length: SLOTS }, () => '');

/**
 * Reads UTF-8 text, mostly without making a string: symbols, accounts, assets and types come again and again, and a string
 * that was read before has its hash already, so that maps find it sooner. At most 8,192 short texts are kept.
 */
export function readText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  if (length > CHARS_MAX) return bytes.toString('utf8', start, end);
  let hash = FNV_OFFSET;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 127) return bytes.toString('utf8', start, end);
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = texts[slot] as string;
  if (isText(known, bytes, start, length)) return known;
  const text = bytes.toString('latin1', start, end);
  texts[slot] = text;
  return text;
}

function isText(text: string, bytes: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
