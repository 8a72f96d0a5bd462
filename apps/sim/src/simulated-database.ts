import type { Machine } from '@clearway/kernel';
import { type CommittedBatch, decodeBatch, type EventCodec, type Snapshot } from '@clearway/platform-journal';
import type { JournalWatch } from './journal-watch';
import { Owner } from './virtual-time';
import type { World } from './world';

/** What a database is the journal of. */
export interface DatabaseSubject<State, Event> {
  readonly shard: string;
  readonly machine: Machine<State, never, Event, unknown, unknown>;
  readonly codec: EventCodec<Event>;
  readonly watch?: JournalWatch<Event> | undefined;
}

/**
 * One shard's database as all connections see it: the journal's rows, the lease, the snapshots. Beside it runs a shadow: the state
 * that the durable events give, evolved row by row, which is what the truth is at any moment. It stands in for Postgres.
 */
export class SimulatedDatabase<State = unknown, Event = unknown> {
  readonly owner: Owner;
  readonly rows: CommittedBatch[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly lease = { owner: '', epoch: 1, expiresAtMicros: 0 };
  /** The state of everything durable. */
  readonly shadow: State;
  /** Every durable event with its time, in order. */
  readonly events: { readonly event: Event; readonly atMicros: number }[] = [];
  isRefusing = false;
  stalledUntilMicros = 0;
  #lastMicros = 0;

  constructor(
    readonly world: World,
    readonly subject: DatabaseSubject<State, Event>,
  ) {
    this.owner = new Owner(`db ${subject.shard}`);
    this.shadow = subject.machine.create();
  }

  /** The number that the next event will get. */
  get nextEvent(): number {
    const last = this.rows.at(-1);
    return last === undefined ? 0 : last.firstEvent + last.eventCount;
  }

  /** The append statement: it inserts under the present lease and behind the last row, or does nothing. */
  insert(batch: CommittedBatch, owner: string): boolean {
    const { lease, world } = this;
    const isOwner = lease.owner === owner && lease.epoch === batch.epoch;
    const follows = batch.sequence === this.rows.length + 1 && batch.firstEvent === this.nextEvent;
    const isAllowed = world.mutation.appendsUnfenced === true || (isOwner && follows);
    if (!isAllowed) return false;
    this.#checkRow(batch, follows);
    this.rows.push(batch);
    this.#evolve(batch);
    return true;
  }

  #checkRow(batch: CommittedBatch, follows: boolean): void {
    const { world } = this;
    const { shard } = this.subject;
    const before = this.rows.at(-1)?.epoch ?? 0;
    if (!follows) world.fail('journal-has-no-gap', `${shard}: batch ${batch.sequence} does not follow`);
    if (batch.epoch < before)
      world.fail('stale-owner-is-fenced', `${shard}: epoch ${batch.epoch} after ${before}`);
  }

  #evolve(batch: CommittedBatch): void {
    const { machine, codec, shard, watch } = this.subject;
    const { contexts, events } = decodeBatch(batch);
    const names: string[] = [];
    for (const { type, data, context } of events) {
      const atMicros = contexts[context]?.atMicros ?? 0;
      if (atMicros < this.#lastMicros)
        this.world.fail('time-never-runs-backwards', `${shard} at batch ${batch.sequence}`);
      this.#lastMicros = atMicros;
      const event = codec.decode(type, data);
      names.push(nameOf(event));
      this.events.push({ event, atMicros });
      try {
        machine.evolve(this.shadow, codec.decode(type, data), atMicros);
        watch?.event(event, atMicros);
      } catch (error) {
        this.world.fail('journal-can-be-replayed', `${shard}: ${String(error)}`);
      }
    }
    watch?.turnEnds();
    const head = `commits ${batch.firstEvent}..${batch.firstEvent + batch.eventCount - 1}`;
    this.world.trace.add(shard, `${head} (epoch ${batch.epoch}): ${names.join(' ')}`);
  }
}

function nameOf(event: unknown): string {
  const { kind, saga, key, orderNumber, tradeNumber } = event as {
    kind: string;
    saga?: { kind: string; sagaNumber: number };
    key?: { sagaNumber: number; step: number; phase: string };
    orderNumber?: number;
    tradeNumber?: number;
  };
  if (saga) return `${saga.kind}#${saga.sagaNumber}`;
  const step = key ? `#${key.sagaNumber}/${key.step}${key.phase === 'compensation' ? '~' : ''}` : '';
  const order = orderNumber === undefined ? '' : `(order ${orderNumber})`;
  const trade = tradeNumber === undefined ? '' : `(trade ${tradeNumber})`;
  return `${kind}${step}${order}${trade}`;
}
