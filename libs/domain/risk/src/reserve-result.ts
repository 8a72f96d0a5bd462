/** What a successful reserve answers. */
export interface ReserveResult {
  /** Worst price at which the order may trade, in ticks. */
  readonly protectionPriceTicks: number;
}

const RESULT_BYTES = 8;

/** Encodes the result as 8 bytes, big-endian, which is how the participant log remembers it. */
export function encodeReserveResult(result: ReserveResult): Uint8Array {
  const bytes = new Uint8Array(RESULT_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(result.protectionPriceTicks));
  return bytes;
}

/** Decodes what `encodeReserveResult` wrote. Throws on another length, which is a bug. */
export function decodeReserveResult(bytes: Uint8Array): ReserveResult {
  if (bytes.length !== RESULT_BYTES) throw new Error(`a reserve result has 8 bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { protectionPriceTicks: Number(view.getBigUint64(0)) };
}
