import { Sagas } from '@clearway/domain-saga';
import { RpcError } from '@clearway/platform-rpc';
import { SagaRuntime } from './saga-runtime';

type Command = 'answers' | 'tick' | 'recover';

/** A runtime over a shard that answers each submit with what `submit` does. */
function runtimeOver(
  submit: (command: Command) => Promise<unknown>,
): SagaRuntime<Sagas, Command, never, never> {
  const sagas = new Sagas();
  return new SagaRuntime<Sagas, Command, never, never>({
    shard: { submit, read: async (view) => view(sagas), onOutputs: () => undefined },
    participants: {},
    commands: { answers: () => 'answers', tick: () => 'tick', recover: () => 'recover' },
    sagasOf: (state) => state,
    outputOf: () => undefined,
    nowMicros: () => 0,
    log: { warn: () => undefined, info: () => undefined },
  });
}

describe('SagaRuntime.start', () => {
  it('asks an overloaded shard again until it recovers its sagas', async () => {
    const commands: Command[] = [];
    const runtime = runtimeOver(async (command) => {
      commands.push(command);
      if (commands.length < 3) throw new RpcError('OVERLOADED');
    });
    await runtime.start();
    runtime.stop();
    expect(commands).toEqual(['recover', 'recover', 'recover']);
  });

  it('fails when the shard does not serve any more', async () => {
    const runtime = runtimeOver(() => Promise.reject(new RpcError('NOT_READY')));
    await expect(runtime.start()).rejects.toMatchObject({ reason: 'NOT_READY' });
    runtime.stop();
  });
});
