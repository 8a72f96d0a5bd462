import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkLobster } from './check-lobster';

/** Its licence keeps the sample out of the repository: LOBSTER_SAMPLE names it, else it is looked for beside the checkout. */
const SAMPLE =
  process.env.LOBSTER_SAMPLE ??
  path.resolve(__dirname, '../../../../shared/data/LOBSTER_SampleFile_AMZN_2012-06-21_5.zip');
const isThere = existsSync(SAMPLE);
const describeWithSample = isThere ? describe : describe.skip;
const title = isThere ? '' : ` (SKIPPED: no file ${SAMPLE}; set LOBSTER_SAMPLE to have it read)`;

describeWithSample(`the AMZN sample${title}`, () => {
  it('is equal to its order book file on every row at all five levels', async () => {
    const { faults, ...check } = await checkLobster(SAMPLE);
    expect(faults).toEqual([]);
    expect(check).toMatchObject({ rows: 155_935, equalRows: 155_935, levels: 5 });
  });
});
