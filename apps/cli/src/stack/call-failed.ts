import type { RpcError } from '@clearway/platform-rpc';

/** A call of this program failed: which one, where, and the service's own error. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';

  constructor(
    readonly service: string,
    readonly address: string,
    readonly method: string,
    readonly error: RpcError,
    /** Options that repeat the same request safely, for example `--id cli-1`; empty when the same command line does. */
    readonly repeatWith: string = '',
  ) {
    super(error.message, { cause: error });
  }

  /** The same failure, for a request with a key that the person did not type. */
  repeatableWith(options: string): CallFailed {
    return new CallFailed(this.service, this.address, this.method, this.error, options);
  }

  /** True when the service gave no answer of its own: whether anything happened is not known. */
  get isUnanswered(): boolean {
    const { status } = this.error;
    return status === 'UNAVAILABLE' || status === 'DEADLINE_EXCEEDED';
  }
}

/** Runs a call that carries a key made up for the person, who must know it to ask again. */
export async function repeatableWith<T>(options: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof CallFailed ? error.repeatableWith(options) : error;
  }
}
