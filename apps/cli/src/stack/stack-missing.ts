/** There is no stack to talk to. The message says what was looked for. */
export class StackMissing extends Error {
  override readonly name = 'StackMissing';
}
