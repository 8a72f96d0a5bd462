import { CliOnStack } from './fixtures/cli-on-stack';
import { fundsCases } from './fixtures/funds.cases';
import { programCases } from './fixtures/program.cases';
import { provesCases } from './fixtures/proves.cases';
import { sagasCases } from './fixtures/sagas.cases';
import { seesCases } from './fixtures/sees.cases';
import { orderKindsCases, sessionsCases } from './fixtures/sessions.cases';
import { stopsCases, tradesCases, watchCases } from './fixtures/trades.cases';

/** One stack for all themes, because starting one takes longer than most of them; each theme leaves the stack at rest. */
describe('clearway against a running stack', () => {
  const cli = new CliOnStack();
  beforeAll(() => cli.start());
  afterAll(() => cli.stop());

  seesCases(cli);
  tradesCases(cli);
  watchCases(cli);
  stopsCases(cli);
  sessionsCases(cli);
  orderKindsCases(cli);
  fundsCases(cli);
  provesCases(cli);
  sagasCases(cli);
  programCases(cli);
});
