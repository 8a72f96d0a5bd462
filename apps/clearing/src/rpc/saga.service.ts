import { saga } from '@clearway/contracts';
import { type ClearingState, clearingSagas } from '@clearway/domain-clearing';
import type { SteerOutcome } from '@clearway/domain-saga';
import { type CallOrigin, type RpcService, rpcService } from '@clearway/platform-rpc';
import { sagaServiceHandlers } from '@clearway/platform-saga';
import { withRpcErrors } from '@clearway/platform-service';
import type { ClearingCore } from '../clearing-core';
import { allowSaga } from './allow';

/** SagaService over the deposits, withdrawals and freezes that this shard hosts. */
export function sagaService(core: ClearingCore): RpcService {
  const steer = async (
    kind: 'RetrySaga' | 'CompensateSaga',
    sagaNumber: number,
    origin: CallOrigin,
  ): Promise<SteerOutcome> => {
    const outcome = await withRpcErrors(core.shard.submit({ kind, sagaNumber }, origin));
    if (outcome.kind !== 'steered') throw new Error(`${kind} was answered with ${outcome.kind}`);
    return outcome.outcome;
  };
  const handlers = sagaServiceHandlers<ClearingState>({
    shardId: core.shardId,
    read: (view) => core.read(view),
    sagasOf: (state) => state.sagas,
    stepsOf: (kind) => clearingSagas.stepsOf(kind),
    retry: (sagaNumber, origin) => steer('RetrySaga', sagaNumber, origin),
    compensate: (sagaNumber, origin) => steer('CompensateSaga', sagaNumber, origin),
    nextEvent: () => core.shard.durablePosition().nextEvent,
  });
  return rpcService({ definition: saga.SagaServiceService, allow: allowSaga, handlers });
}
