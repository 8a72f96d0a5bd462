import type { trading } from '@clearway/contracts';
import { TracedHistogram } from '@clearway/platform-telemetry';
import { status } from '@grpc/grpc-js';

/** As those of calls, so that the same half second can be asked for. */
const COMMAND_SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const KINDS = { place: 'PlaceOrder', cancel: 'CancelOrder', replace: 'ReplaceOrder' } as const;

interface Waiting {
  readonly command: string;
  readonly sinceMs: number;
}

let made: TracedHistogram | undefined;

/** One for the process, made with its first stream: figures made before telemetry has started count nothing. */
function durations(): TracedHistogram {
  made ??= new TracedHistogram({
    name: 'clearway_order_entry_command_duration_seconds',
    description:
      'Time from taking a command of an order-entry stream to its acknowledgement, by kind and gRPC status',
    boundaries: COMMAND_SECONDS_BUCKETS,
  });
  return made;
}

/**
 * How long the commands of one order-entry stream wait for their acknowledgements. A stream lives for hours, so its own length
 * says nothing of its orders. What was never acknowledged because the stream ended counts as CANCELLED.
 */
export class CommandDurations {
  private readonly waiting = new Map<number, Waiting>();

  /** A command was read from the stream. */
  taken({ requestId, command }: trading.OrderEntryCommand): void {
    const kind = command === undefined ? 'none' : KINDS[command.$case];
    this.waiting.set(requestId, { command: kind, sinceMs: performance.now() });
  }

  /** A command was answered, by an outcome or an error of its own; with the traceparent of its span if it is sampled. */
  acknowledged({ requestId, result }: trading.OrderEntryAck, traceparent: string | undefined): void {
    const code = result?.$case === 'error' ? result.value.status : status.OK;
    this.end(requestId, status[code] ?? 'UNKNOWN', traceparent);
  }

  /** The stream is over. */
  close(): void {
    for (const requestId of [...this.waiting.keys()]) this.end(requestId, 'CANCELLED', undefined);
  }

  private end(requestId: number, statusName: string, traceparent: string | undefined): void {
    const waiting = this.waiting.get(requestId);
    if (waiting === undefined) return;
    this.waiting.delete(requestId);
    const labels = { command: waiting.command, rpc_response_status_code: statusName };
    durations().record((performance.now() - waiting.sinceMs) / 1_000, labels, traceparent);
  }
}
