/**
 * Decodes standard, padded base64 (RFC 4648 §4) and accepts only the one canonical spelling of each byte string; null
 * otherwise. A lenient decoder would let the same note be written in many ways.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}

/** Encodes bytes as standard, padded base64 (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
