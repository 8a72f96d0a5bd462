import { RpcError } from '@clearway/platform-rpc';

type Waiter<Answer> = (answer: Answer) => void;

/**
 * Brings answers that come after the outcome of a command to whoever waits for them, by a key that both know. Every command that
 * has such an answer gets one, at its saga's deadline at the latest, so a waiter is never left behind.
 */
export class AnswerBoard<Key, Answer> {
  private readonly waiters = new Map<Key, Waiter<Answer>[]>();
  /** Answers of this round of the event loop: who learns only now that there will be one may have been overtaken by it. */
  private readonly recent = new Map<Key, Answer>();

  /** Gives an answer to all who wait for it. */
  give(key: Key, answer: Answer): void {
    if (this.recent.size === 0) setImmediate(() => this.recent.clear());
    this.recent.set(key, answer);
    const waiters = this.waiters.get(key);
    if (!waiters) return;
    this.waiters.delete(key);
    for (const waiter of waiters) waiter(answer);
  }

  /**
   * Calls back once there is the answer, at once if it has just come. Must be called in the round of the event loop in which the
   * outcome of the command was learnt.
   */
  when(key: Key, waiter: Waiter<Answer>): void {
    const answer = this.recent.get(key);
    if (answer !== undefined) return waiter(answer);
    const waiters = this.waiters.get(key);
    if (waiters) waiters.push(waiter);
    else this.waiters.set(key, [waiter]);
  }

  /** The same as a promise that gives up with OUTCOME_UNKNOWN when the caller's time is over. */
  answered(key: Key, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) return Promise.reject(new RpcError('OUTCOME_UNKNOWN'));
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new RpcError('OUTCOME_UNKNOWN'));
      signal.addEventListener('abort', giveUp, { once: true });
      this.when(key, (answer) => {
        signal.removeEventListener('abort', giveUp);
        resolve(answer);
      });
    });
  }
}
