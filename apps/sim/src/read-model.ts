import type { ClearingEvent } from '@clearway/domain-clearing';
import type { CommittedBatch } from '@clearway/platform-journal';
import { decodeEvents } from '@clearway/platform-journal';
import { readFeed } from './feed-reading';
import { JournalConnection } from './journal-connection';
import { plainEventCodec } from './plain-event-codec';
import type { ServiceProcess } from './service-process';
import type { World } from './world';

const PAUSE_MS = 50;
const codec = plainEventCodec<ClearingEvent>();

/**
 * The tables of clearing's balances and the cursor beside them, in clearing's database: a model of platform-projection. Rows are
 * sums, so an event that is applied twice or never shows for ever.
 */
export class BalancesReadModel {
  cursor = 0;
  readonly balancesMinor = new Map<string, bigint>();

  constructor(private readonly world: World) {}

  /** Follows the feed of a process for as long as it lives. */
  async follow(process: ServiceProcess): Promise<void> {
    for (;;) {
      const { database } = process.setting;
      const connection = new JournalConnection(this.world, database, process.owner);
      try {
        let cursor = await connection.query(() => this.cursor);
        for (;;) {
          for (const batch of await readFeed(process, { fromEvent: cursor })) {
            await this.#apply(connection, batch, cursor);
            cursor = batch.firstEvent + batch.eventCount;
          }
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async #apply(connection: JournalConnection, batch: CommittedBatch, from: number): Promise<void> {
    const to = batch.firstEvent + batch.eventCount;
    if (this.world.mutation.savesCursorFirst) {
      await connection.query(() => this.#move(from, to));
      return connection.query(() => this.#write(batch, from));
    }
    return connection.query(() => {
      if (this.#move(from, to)) this.#write(batch, from);
    });
  }

  /** Moves the cursor if nobody else has: two processes may follow for a moment. */
  #move(from: number, to: number): boolean {
    if (this.cursor !== from) throw new Error(`the cursor stands at ${this.cursor}, not at ${from}`);
    this.cursor = to;
    return true;
  }

  #write(batch: CommittedBatch, from: number): void {
    for (const { event } of decodeEvents(batch, codec, from)) {
      if (!('postings' in event)) continue;
      for (const { owner, asset, purpose, side, amountMinor } of event.postings) {
        const key = `${owner} ${asset} ${purpose}`;
        const change = side === 'credit' ? amountMinor : -amountMinor;
        this.balancesMinor.set(key, (this.balancesMinor.get(key) ?? 0n) + change);
      }
    }
  }
}
