import { saga } from '@clearway/contracts';
import { coloursOf } from '../output/colours';
import { sagaCard, sagasTable, stepsTable } from './saga.view';

const PLAIN = coloursOf(false);
const STARTED_MICROS = Date.parse('2026-01-31T12:00:00Z') * 1_000;
const NOW_MICROS = STARTED_MICROS + 90_000_000;

const step = {
  step: 0,
  name: 'settle-buyer',
  participant: 'clearing',
  state: 'SUCCEEDED',
  attempts: 1,
  lastError: '',
  pivot: true,
};
const PARKED: saga.Saga = {
  sagaId: 'trading/0#17',
  kind: 'SettleTrade',
  subject: 9,
  status: saga.SagaStatus.SAGA_STATUS_PARKED,
  steps: [
    step,
    {
      ...step,
      step: 1,
      name: 'settle-seller',
      state: 'PARKED',
      attempts: 12,
      lastError: 'INTERNAL',
      pivot: false,
    },
  ],
  startedAtMicros: STARTED_MICROS,
  deadlineMicros: 0,
  reasons: [],
};

describe('a parked saga', () => {
  it('is listed with the step that waits for an operator', () =>
    expect(`\n${sagasTable([PARKED], NOW_MICROS, PLAIN)}\n`).toMatchInlineSnapshot(`
"
SAGA          KIND         SUBJECT  STATUS  STEP                       ATTEMPTS  LAST ERROR    AGE
trading/0#17  SettleTrade        9  PARKED  settle-seller at clearing        12  INTERNAL    2 min
"
`));

  it('is shown with all its steps', () =>
    expect(
      `\n${sagaCard(PARKED, NOW_MICROS, PLAIN)}\n\n${stepsTable(PARKED, PLAIN)}\n`,
    ).toMatchInlineSnapshot(`
"
saga     trading/0#17
kind     SettleTrade of 9
status   PARKED
started  2026-01-31 12:00:00.000Z, 2 min ago

#  STEP                  AT        STATE      ATTEMPTS  LAST ERROR
0  settle-buyer (pivot)  clearing  SUCCEEDED         1
1  settle-seller         clearing  PARKED           12  INTERNAL
"
`));
});
