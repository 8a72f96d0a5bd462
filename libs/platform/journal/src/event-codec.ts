/** How one service's events become the bytes in the journal and back. Decoding accepts every version ever written. */
export interface EventCodec<Event> {
  /** The event's name as it stands in the journal, for example `OrderAccepted`. It must not begin with `platform.`. */
  type(event: Event): string;
  /** The event's message, encoded. The bytes are copied before the next call, so a reused buffer is fine. */
  encode(event: Event): Uint8Array;
  /** Rebuilds the event, and throws for bytes that are none. */
  decode(type: string, data: Uint8Array): Event;
}

/** Types with this prefix are the platform's own notes (for audit): no machine and no projection's codec ever sees them. */
export const PLATFORM_TYPE_PREFIX = 'platform.';

/** Who sent a command, from where and by which way; everything of a CommandContext but the time. */
export interface CommandContextInput {
  /** SPIFFE id of the caller. */
  readonly actor: string;
  /** Peer address, host:port. */
  readonly address: string;
  /** User agent of the caller's client. */
  readonly device: string;
  /** W3C traceparent, empty when the command was not traced. */
  readonly traceparent: string;
  /** The RPC or internal cause. */
  readonly method: string;
}
