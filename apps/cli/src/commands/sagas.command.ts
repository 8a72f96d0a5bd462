import { saga } from '@clearway/contracts';
import type { Command } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { LIMIT_OPTION, moreText, type Page, readPages } from '../line/paging';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { SAGA_HOSTS, type SagaHost } from '../stack/stack';
import { sagasTable } from '../views/saga.view';

/** `clearway sagas [--parked]` */
export const sagasCommand: Command = {
  path: ['sagas'],
  summary: 'List sagas under way at every host, oldest first',
  options: {
    parked: { summary: 'only those that wait for an operator' },
    host: { value: 'SERVICE', summary: 'only of this host', choices: SAGA_HOSTS },
    limit: LIMIT_OPTION,
  },
  async run(call) {
    const asked = SAGA_HOSTS.filter((host) => call.text('host') === '' || call.text('host') === host);
    const hosts = await Promise.all(asked.map((host) => sagasOf(call, host)));
    const sagas = hosts.flatMap(({ page }) => page.items);
    const more = hosts.map(({ page }) => moreText(page)).find((text) => text !== '') ?? '';
    return answer(
      () => ({ hosts: hosts.map(documentOf) }),
      (colours) => {
        const table = sagas.length === 0 ? none(call) : sagasTable(sagas, Date.now() * 1_000, colours);
        return sections(table, hosts.map(hostText).join('\n'), more);
      },
    );
  },
};

interface HostSagas {
  readonly host: SagaHost;
  readonly page: Page<saga.Saga>;
  readonly position: saga.ListSagasResponse['position'];
}

async function sagasOf(call: CommandCall, host: SagaHost): Promise<HostSagas> {
  let position: saga.ListSagasResponse['position'];
  const page = await readPages(call, async (asked) => {
    const request = { parkedOnly: call.isOn('parked'), ...asked };
    const answered = await call.stack.sagas(host).call('listSagas', request);
    position = answered.position;
    return { items: answered.sagas, nextPageToken: answered.nextPageToken };
  });
  return { host, page, position };
}

function documentOf({ host, page, position }: HostSagas): unknown {
  const response = { sagas: [...page.items], nextPageToken: page.nextPageToken, position };
  return { host, ...(wireJson(saga.SagaServiceService.listSagas, response) as object) };
}

function hostText({ position }: HostSagas): string {
  return `${position?.shard}: ${position?.liveSagas} live, ${position?.parkedSagas} parked`;
}

function none(call: CommandCall): string {
  return call.isOn('parked') ? 'No saga is parked.' : 'No saga is under way.';
}
