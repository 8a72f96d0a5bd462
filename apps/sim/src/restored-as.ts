import type { Machine } from '@clearway/kernel';

type Restoring<State> = Pick<Machine<State, never, never, never, never>, 'restore' | 'restoring'>;

/** The machine with a change of what it restores, at once or step by step. */
export function restoredAs<State, Some extends Restoring<State>>(
  machine: Some & Restoring<State>,
  change: (state: State) => State,
): Some {
  const { restoring } = machine;
  return {
    ...machine,
    restore: (plain) => change(machine.restore(plain)),
    ...(restoring && {
      *restoring(plain) {
        return change(yield* restoring(plain));
      },
    }),
  };
}
