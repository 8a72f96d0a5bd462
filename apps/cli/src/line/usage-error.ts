/** The command line is wrong: one sentence on what, and where to read on. Nothing was asked of a service. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** What was probably meant, or which help to read. */
    readonly hint: string = '',
  ) {
    super(message);
  }
}
