import type { InvariantResult } from '@clearway/kernel';
import { reconcile } from '@clearway/platform-reconciliation';
import { EXIT } from '../exit-status';
import type { Command } from '../line/command';
import { answer, sections } from '../output/answer';
import type { Colours } from '../output/colours';
import { painted, renderTable } from '../output/table';

const WAIT_SECONDS_DEFAULT = 30;
const WAIT_SECONDS_MAX = 3_600;
/** Name of the result that says whether the readings belong together. */
const AT_REST = 'system-at-rest';

/** `clearway reconcile` */
export const reconcileCommand: Command = {
  path: ['reconcile'],
  summary: 'Compare trading, risk, clearing and audit: every invariant of the system, every break',
  options: {
    wait: {
      value: 'SECONDS',
      summary: `how long to wait for the system to come to rest (default ${WAIT_SECONDS_DEFAULT})`,
    },
  },
  details:
    'The comparison is exact when nothing moves: a simulated market keeps the system from coming to rest.',
  async run(call) {
    const seconds = call.wholeNumber('wait', WAIT_SECONDS_DEFAULT, { min: 0, max: WAIT_SECONDS_MAX });
    const clients = call.stack.reconciliationClients();
    const { results } = await reconcile(clients, { restTimeoutMs: seconds * 1_000 });
    const broken = results.filter(({ holds }) => !holds);
    return answer(
      () => ({ holds: broken.length === 0, results }),
      (colours) => sections(resultsTable(results, colours), verdict(results, colours)),
      broken.length === 0 ? EXIT.OK : EXIT.REFUSED,
    );
  },
};

function resultsTable(results: readonly InvariantResult[], colours: Colours): string {
  const rows = results.map(({ name, holds, detail }) => [
    holds ? painted('holds', 'green') : painted('BROKEN', 'red'),
    name,
    detail,
  ]);
  return renderTable(
    [{ title: 'RESULT' }, { title: 'INVARIANT' }, { title: 'WHAT WAS FOUND' }],
    rows,
    colours,
  );
}

function verdict(results: readonly InvariantResult[], colours: Colours): string {
  const broken = results.filter(({ holds }) => !holds);
  if (broken.length === 0) return colours.green(`All ${results.length} invariants hold.`);
  const text = colours.red(`${broken.length} of ${results.length} invariants do not hold.`);
  const isMoving = broken.some(({ name }) => name === AT_REST);
  const why = 'The system was moving: a break between two services may be one in time only.';
  return isMoving ? `${text} ${why}` : text;
}
