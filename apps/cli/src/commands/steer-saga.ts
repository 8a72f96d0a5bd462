import { saga } from '@clearway/contracts';
import type { Command } from '../line/command';
import { sagaKeyOf } from '../line/saga-id';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { sagaCard, stepsTable } from '../views/saga.view';

/** What an operator may do to a saga. */
export interface Steering {
  readonly path: readonly string[];
  readonly summary: string;
  readonly details: string;
  readonly method: 'retrySaga' | 'compensateSaga';
}

/** Builds the command that steers a saga in one way and shows what it came to. */
export function steeringCommand({ path, summary, details, method }: Steering): Command {
  return {
    path,
    summary,
    details,
    positionals: [{ name: 'ID' }],
    async run(call) {
      const { host, sagaId } = sagaKeyOf(call);
      const steered = await call.stack.sagas(host).call(method, { sagaId });
      const { saga: found } = steered;
      return answer(
        () => wireJson(saga.SagaServiceService[method], steered),
        (colours) =>
          found
            ? sections(sagaCard(found, Date.now() * 1_000, colours), stepsTable(found, colours))
            : `${sagaId} has ended.`,
      );
    },
  };
}
