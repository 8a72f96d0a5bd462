import { common } from '@clearway/contracts';
import type { Machine } from '@clearway/kernel';
import { type AllowTable, type RpcService, rpcService } from '@clearway/platform-rpc';
import { stateHash } from '@clearway/platform-shard';
import type { ServiceCore } from './service-core';

/** Every service has the same: hashing a state holds its shard up, so it is for operators alone. */
const ALLOW: AllowTable<typeof common.StateServiceService> = { GetStateHash: ['operator/*'] };

/** Serves the hash of a service's durable state, to be compared with that of a rebuilt one (see rebuildService). */
export function stateService<State, Command, Event, Outcome, Output>(
  core: ServiceCore<State, Command, Event, Outcome, Output>,
  machine: Machine<State, Command, Event, Outcome, Output>,
): RpcService {
  return rpcService({
    definition: common.StateServiceService,
    allow: ALLOW,
    handlers: {
      getStateHash: async () => {
        const { position, value } = await core.readAt((state) => stateHash(machine, state));
        return { position, stateHash: value };
      },
    },
  });
}
