import type {
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput,
  ClearingState,
} from '@clearway/domain-clearing';
import type { ServiceCore } from '@clearway/platform-service';

/** Clearing's shard, pool and log, as the service library hands them to the wiring. */
export type ClearingCore = ServiceCore<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
>;

/** The part of it that RPCs stand on: they decide commands and read durable state, and reach nothing else. */
export type ClearingShard = Pick<
  ClearingCore,
  'shardId' | 'submit' | 'read' | 'readAt' | 'caughtUp' | 'tracing'
>;
