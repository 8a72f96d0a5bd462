import { type ClearingOutput, clearingMachine } from '@clearway/domain-clearing';
import type { CallContext, PeerIdentity } from '@clearway/platform-rpc';
import { NO_TRACING } from '@clearway/platform-service';
import type { ClearingShard } from '../clearing-core';

/** A shard without a journal for handlers' specs: commands are decided at once, outputs go to the listener. */
export function inMemoryClearing(
  onOutput: (output: ClearingOutput) => void = () => undefined,
): ClearingShard {
  const state = clearingMachine.create();
  let nextEvent = 0;
  const nowMicros = 1_700_000_000_000_000;
  return {
    shardId: 'clearing/0',
    tracing: NO_TRACING,
    submit: async (command) =>
      clearingMachine.decide(state, command, {
        nowMicros,
        emit: (event) => {
          nextEvent += 1;
          clearingMachine.evolve(state, event, nowMicros);
        },
        publish: onOutput,
      }),
    read: async (view) => view(state),
    caughtUp: async () => undefined,
    readAt: async (view) => ({
      position: { shard: 'clearing/0', nextEvent, liveSagas: state.sagas.liveCount, parkedSagas: 0 },
      value: view(state),
    }),
  };
}

/** A call by the identity, for example `operator/olga`. */
export function callBy(subject: `${'svc' | 'operator' | 'participant'}/${string}`): CallContext {
  const [segment = '', name = ''] = subject.split('/');
  const kind = (segment === 'svc' ? 'service' : segment) as PeerIdentity['kind'];
  const caller = { kind, name, spiffeId: `spiffe://clearway/${subject}` } as PeerIdentity;
  const origin = { actor: caller.spiffeId, address: 'test', device: '', traceparent: '', method: 'test' };
  return { caller, deadlineMicros: undefined, toCommandContext: () => origin } as unknown as CallContext;
}
