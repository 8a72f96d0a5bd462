import type { SimulatedDatabase } from './simulated-database';
import type { Owner } from './virtual-time';
import type { World } from './world';

/** The connection broke: whether the statement was executed is not known. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/**
 * One connection of one process to its database: statements arrive and are answered in order. It may break before a statement is
 * executed or after; what it had sent by then may still arrive later, unless the server ends the session.
 */
export class JournalConnection {
  isBroken = false;
  /** The server has ended the session: nothing more arrives by it. */
  isTerminated = false;
  #lastArrivalMicros = 0;
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(
    private readonly world: World,
    private readonly database: SimulatedDatabase,
    private readonly process: Owner,
  ) {}

  /** Sends a statement. Rejects with ConnectionLostError when the answer never comes. */
  query<T>(execute: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.isBroken) return reject(new ConnectionLostError('the connection is closed'));
      this.#waiting.add(reject);
      const { time } = this.world;
      const arrival = Math.max(this.#lastArrivalMicros, time.nowMicros + this.#latencyMicros());
      this.#lastArrivalMicros = arrival;
      const settle = (settled: () => void): void => {
        if (!this.#waiting.delete(reject)) return;
        settled();
      };
      time.at(this.database.owner, arrival - time.nowMicros, () =>
        this.#arrive(
          execute,
          (value) => settle(() => resolve(value)),
          (error) => settle(() => reject(error)),
        ),
      );
    });
  }

  /** Breaks it: everybody who waits for an answer hears so. */
  break(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.world.time.at(this.process, this.#latencyMicros(), () => {
      for (const reject of this.#waiting) reject(new ConnectionLostError('the connection broke'));
      this.#waiting.clear();
    });
  }

  #arrive<T>(execute: () => T, resolve: (value: T) => void, reject: (error: Error) => void): void {
    const { world, database } = this;
    const { time, random, rates } = world;
    if (this.isTerminated) return;
    const stallMicros = database.stalledUntilMicros - time.nowMicros;
    if (stallMicros > 0) {
      this.#lastArrivalMicros = Math.max(this.#lastArrivalMicros, database.stalledUntilMicros);
      return time.at(database.owner, stallMicros, () => this.#arrive(execute, resolve, reject));
    }
    if (database.isRefusing || random.chance(rates.statementLost)) {
      if (!database.isRefusing) world.faults += 1;
      this.isTerminated = true;
      return this.break();
    }
    let answer: () => void;
    try {
      const value = execute();
      answer = () => resolve(value);
    } catch (error) {
      answer = () => reject(error as Error);
    }
    if (random.chance(rates.answerLost)) {
      world.faults += 1;
      world.trace.add(database.subject.shard, 'executes a statement and its answer is lost');
      return this.break();
    }
    time.at(this.process, this.#latencyMicros(), () => {
      if (!this.isBroken) answer();
    });
  }

  #latencyMicros(): number {
    return this.world.random.between(100, 900);
  }
}
