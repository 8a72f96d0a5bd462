import { journal } from '@clearway/contracts';
import {
  type AuditCommand,
  type AuditEvent,
  type AuditOutcome,
  type AuditState,
  auditMachine,
} from '@clearway/domain-audit';
import { type BatchSource, type CommittedBatch, crc32c } from '@clearway/platform-journal';
import type { AuditShard } from './append-lane';

/** The audit machine with a journal in memory, answering a little later as a shard does. For specs. */
export class MemoryAudit implements AuditShard {
  readonly state: AuditState = auditMachine.create();
  readonly events: AuditEvent[] = [];
  nowMicros = 1_000_000;
  /** Thrown by the next submits instead of an answer. */
  readonly refusals: Error[] = [];

  async submit(command: AuditCommand): Promise<AuditOutcome> {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const emit = (event: AuditEvent): void => {
      this.events.push(event);
      auditMachine.evolve(this.state, event, this.nowMicros);
    };
    const turn = { nowMicros: this.nowMicros, emit, publish: () => undefined };
    const outcome = auditMachine.decide(this.state, command, turn);
    await new Promise(setImmediate);
    return outcome;
  }

  async read<Value>(reader: (state: AuditState) => Value): Promise<Value> {
    await new Promise(setImmediate);
    return reader(this.state);
  }
}

/** A source's batch with the given numbers of events, as a feed gives it. */
export function batchOf(shard: string, firstEvent: number, eventCount: number): CommittedBatch {
  const context = { atMicros: 5, actor: 'spiffe://clearway/participant/alice', address: '', device: '' };
  const payload = Buffer.from(
    journal.Batch.encode({
      contexts: [{ ...context, traceparent: '', method: 'm' }],
      events: Array.from({ length: eventCount }, (_, i) => ({
        context: 0,
        type: 'OrderOpened',
        data: Buffer.from(`${shard}#${firstEvent + i}`),
      })),
    }).finish(),
  );
  return {
    shard,
    sequence: firstEvent + 1,
    epoch: 1,
    firstEvent,
    eventCount,
    payload,
    crc32c: crc32c(payload),
  };
}

/** What one subscription does: gives batches, then fails, ends, or stays open until it is cancelled. */
export interface Script {
  readonly batches: readonly CommittedBatch[];
  readonly ending: Error | 'end' | 'stay';
}

/** A source whose subscriptions follow a script, one after another; the last one is repeated. */
export class ScriptedSource implements BatchSource {
  readonly asked: number[] = [];

  constructor(private readonly scripts: readonly Script[]) {}

  async *subscribe(
    fromEvent: number,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncIterable<CommittedBatch> {
    const script = this.scripts[this.asked.length] ?? (this.scripts.at(-1) as Script);
    this.asked.push(fromEvent);
    for (const batch of script.batches) {
      await new Promise(setImmediate);
      yield batch;
    }
    if (script.ending instanceof Error) throw script.ending;
    if (script.ending === 'stay' && !signal.aborted)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

/** Waits until something holds; fails after five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (const startedAtMs = Date.now(); !holds(); await new Promise((r) => setTimeout(r, 5))) {
    if (Date.now() - startedAtMs > 5_000) throw new Error('it did not come to hold within 5 s');
  }
}
