import { type LobsterSample, readLobsterSample } from '@clearway/platform-feeds';
import { hasSample, SAMPLE_FILE } from './fixtures/sample-file';
import { shuffledPlan } from './fixtures/shuffled-run';
import { buildPlan } from './plan/build-plan';
import { orderCommands } from './plan/command-order';
import { dryRun } from './plan/dry-run';
import type { ReplayPlan } from './plan/replay-command';

const describeWithSample = hasSample ? describe : describe.skip;
const title = hasSample ? '' : ` (SKIPPED: no file ${SAMPLE_FILE}; set LOBSTER_SAMPLE to have it read)`;

describeWithSample(`the whole AMZN sample${title}`, () => {
  let sample: LobsterSample;
  let plan: ReplayPlan;

  beforeAll(async () => {
    sample = await readLobsterSample(SAMPLE_FILE);
    plan = buildPlan(sample, 8);
  });

  it('is read whole', () => {
    expect(sample.messages).toHaveLength(155_935);
    expect(sample.books?.rowCount).toBe(155_935);
    expect(sample.books?.levelCount).toBe(5);
  });

  it('is planned row by row, and the planned book is the visible book of the data after each of them', () => {
    const { figures } = plan;
    expect(figures).toMatchObject({
      rowsSeed: 1,
      rowsAdded: 77_381,
      rowsReduced: 450,
      rowsDeleted: 66_685,
      rowsExecuted: 8_974,
      rowsHiddenSkipped: 2_444,
      rowsUnknownSkipped: 0,
      bookRowsDiffering: 0,
    });
  });

  it('fills on a real book exactly the orders that the data names', () => {
    const { book, ...counts } = dryRun(plan);
    expect(counts).toEqual({
      fillsAsPlanned: 8_974,
      fillsElsewhere: 0,
      takersLeftLots: 0,
      addsTraded: 0,
      cancelsTooLate: 0,
      selfTrades: 0,
    });
    const bid = book.bestPriceTicks('BUY');
    expect(bid).toBe(sample.books?.levels(155_934, 'BUY')[0]?.priceTicks);
  });

  it.each([1, 2, 3])('fills the same when its streams are at random (seed %i)', (seed) => {
    const inOrder = dryRun(plan);
    const shuffled = dryRun(plan, shuffledPlan(plan, orderCommands(plan, 1_000), seed));
    expect({ ...shuffled, book: shuffled.book.orderCount }).toEqual({
      ...inOrder,
      book: inOrder.book.orderCount,
    });
  });
});
