import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { readStatus } from '../status/read-status';
import { statusText } from '../status/status.view';
import { exitStatusOf, summarise } from '../status/status-summary';

/** `clearway status` */
export const statusCommand: Command = {
  path: ['status'],
  summary: 'Health, journal positions, sagas, invariants and audit coverage of every service',
  details: 'Exit status 1 when a service is not serving, a saga is parked or an invariant is broken.',
  async run({ stack }) {
    const summary = summarise(await readStatus(stack));
    return answer(
      () => summary,
      (colours) => statusText(summary, colours),
      exitStatusOf(summary),
    );
  },
};
