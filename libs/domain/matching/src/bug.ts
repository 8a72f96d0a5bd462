/**
 * Stops the caller: an apply function was asked for something that cannot be (an unknown order, a reduction below
 * zero). The book is unchanged when this is thrown. Such a call is a bug or a corrupt journal, never a business refusal.
 */
export function bug(message: string): never {
  throw new Error(`order book: ${message}`);
}
