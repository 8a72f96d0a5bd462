/** Copies the numbers into an array of the given, greater capacity. Growth by doubling keeps the cost per element constant. */
export function growInt32(array: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity);
  grown.set(array);
  return grown;
}

/** Copies the numbers into an array of the given, greater capacity. */
export function growFloat64(array: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(array);
  return grown;
}

/** The smallest power of two that is at least the given number, and at least 16. */
export function powerOfTwoAtLeast(size: number): number {
  let power = 16;
  while (power < size) power *= 2;
  return power;
}
