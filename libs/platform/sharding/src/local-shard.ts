import type { RpcService } from '@clearway/platform-rpc';

/** A shard that this process serves, as the router sees it. */
export interface LocalShard {
  readonly index: number;
  /** The services with this shard behind them, in the same order in every shard of the process. */
  readonly services: readonly RpcService[];
  /** Aborts when the shard is being handed over: streams end, unary calls in flight finish. */
  readonly leaving: AbortSignal;
  /** Counts a call in; call what it returns when the call has ended. */
  enter(): () => void;
}
