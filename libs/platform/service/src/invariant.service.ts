import { common } from '@clearway/contracts';
import type { InvariantResult } from '@clearway/kernel';
import { type AllowTable, type RpcService, rpcService } from '@clearway/platform-rpc';
import { invariantMetrics } from './invariant-metrics';
import type { ServiceCore } from './service-core';

/** Serves a service's own invariants, evaluated on its durable state at one journal position. */
export function invariantService<State, Command, Event, Outcome, Output>(
  core: ServiceCore<State, Command, Event, Outcome, Output>,
  check: (state: State) => readonly InvariantResult[],
  allow: AllowTable<typeof common.InvariantServiceService>,
): RpcService {
  invariantMetrics(core.figures, core.shardId, () => core.read(check));
  return rpcService({
    definition: common.InvariantServiceService,
    allow,
    handlers: {
      checkInvariants: async () => {
        const { position, value } = await core.readAt(check);
        return { position, results: [...value] };
      },
    },
  });
}
