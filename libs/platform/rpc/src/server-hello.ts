/** Numbers of the IANA registry "TLS Supported Groups". */
export const TLS_GROUPS = { X25519MLKEM768: 0x11ec, X25519: 0x001d } as const;

const RECORD_AND_HANDSHAKE_HEADER_BYTES = 5 + 4;
const VERSION_AND_RANDOM_BYTES = 2 + 32;
const SUITE_AND_COMPRESSION_BYTES = 2 + 1;
const KEY_SHARE = 51;

/**
 * The number of the group that a server chose for the key exchange, read from the first bytes that it sent: the key share in
 * its ServerHello (RFC 8446, 4.1.3 and 4.2.8), which TLS 1.3 sends in the clear. Node's own sockets do not tell hybrid groups.
 * Throws when the bytes hold no ServerHello with a key share.
 */
export function groupOfServerHello(bytes: Buffer): number {
  let at = RECORD_AND_HANDSHAKE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES;
  at += 1 + bytes.readUInt8(at) + SUITE_AND_COMPRESSION_BYTES;
  const end = at + 2 + bytes.readUInt16BE(at);
  for (at += 2; at < end; at += 4 + bytes.readUInt16BE(at + 2)) {
    if (bytes.readUInt16BE(at) === KEY_SHARE) return bytes.readUInt16BE(at + 4);
  }
  throw new Error('the ServerHello has no key share');
}
