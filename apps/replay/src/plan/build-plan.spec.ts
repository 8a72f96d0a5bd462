import type { LobsterSample } from '@clearway/platform-feeds';
import { row, sampleOf } from '../fixtures/mini-sample';
import { buildPlan } from './build-plan';
import { dryRun } from './dry-run';
import type { ReplayCommand, ReplayPlan } from './replay-command';

const PARTICIPANTS = 8;
const EXACT = { fillsElsewhere: 0, takersLeftLots: 0, addsTraded: 0, cancelsTooLate: 0, selfTrades: 0 };

/** One command as a line of text, orders by their index. */
function textOf(command: ReplayCommand): string {
  if (command.kind === 'status') return command.halted ? 'halt' : 'resume';
  if (command.kind === 'cancel') return `${command.purpose} #${command.order}`;
  const { purpose, side, lots, priceTicks, fills } = command;
  const from = fills.map(({ maker, lots: filled }) => ` ${filled} of #${maker}`).join('');
  return `${purpose} ${side} ${lots} @ ${priceTicks}${from}`;
}

function linesOf(sample: LobsterSample): string[] {
  return buildPlan(sample, PARTICIPANTS).commands.map(textOf);
}

function outcomeOf(plan: ReplayPlan): object {
  const { book: _book, fillsAsPlanned: _planned, ...counts } = dryRun(plan);
  return counts;
}

describe('rows without book rows', () => {
  it('makes limit orders of adds and cancels of deletes', () => {
    const sample = sampleOf(`
      1.0,1,11,100,1000000,1
      1.1,1,12,50,1000500,-1
      1.2,3,11,100,1000000,1`);
    expect(linesOf(sample)).toEqual(['add BUY 100 @ 10000', 'add SELL 50 @ 10005', 'delete #0']);
  });

  it('makes one aggressor of executions of one moment and side, limited by the worst price', () => {
    const sample = sampleOf(`
      1.0,1,11,100,1000500,-1
      1.1,1,12,100,1000600,-1
      1.2,4,11,100,1000500,-1
      1.2,5,0,30,1000550,-1
      1.2,4,12,20,1000600,-1
      1.3,4,12,10,1000600,-1`);
    expect(linesOf(sample).slice(2)).toEqual([
      'take BUY 120 @ 10006 100 of #0 20 of #1',
      'take BUY 10 @ 10006 10 of #1',
    ]);
  });

  it('does not join executions of different sides or moments', () => {
    const sample = sampleOf(`
      1.0,1,11,100,1000500,-1
      1.0,1,12,100,1000000,1
      1.2,4,11,10,1000500,-1
      1.2,4,12,10,1000000,1`);
    expect(linesOf(sample).slice(2)).toEqual([
      'take BUY 10 @ 10005 10 of #0',
      'take SELL 10 @ 10000 10 of #1',
    ]);
  });

  it('enters an order in parts when a later row cancels one, so that the rest keeps its place', () => {
    const sample = sampleOf(`
      1.0,1,11,100,1000000,1
      1.1,1,12,100,1000000,1
      1.2,2,11,40,1000000,1
      1.3,4,11,60,1000000,1
      1.4,4,12,5,1000000,1`);
    const plan = buildPlan(sample, PARTICIPANTS);
    expect(plan.commands.map(textOf)).toEqual([
      'add BUY 60 @ 10000',
      'add BUY 40 @ 10000',
      'add BUY 100 @ 10000',
      'reduce #1',
      'take SELL 60 @ 10000 60 of #0',
      'take SELL 5 @ 10000 5 of #2',
    ]);
    expect(outcomeOf(plan)).toEqual(EXACT);
  });

  it('adopts an order from before the sample when an execution names it, with the size that later rows need', () => {
    const sample = sampleOf(`
      1.0,4,11,60,1000000,1
      1.1,3,11,40,1000000,1`);
    expect(linesOf(sample)).toEqual(['adopt BUY 100 @ 10000', 'take SELL 60 @ 10000 60 of #0', 'delete #0']);
  });

  it('skips deletes of orders that it does not know, and counts them', () => {
    const plan = buildPlan(sampleOf('1.0,3,11,40,1000000,1'), PARTICIPANTS);
    expect(plan.commands).toEqual([]);
    expect(plan.figures.rowsUnknownSkipped).toBe(1);
  });

  it('forgets what an add would have traded with: it has gone unseen', () => {
    const sample = sampleOf(`
      1.0,1,11,100,1000000,-1
      1.1,1,12,100,1000100,1`);
    expect(linesOf(sample)).toEqual(['add SELL 100 @ 10000', 'forget #0', 'add BUY 100 @ 10001']);
  });

  it('moves back what stands before an order that is executed first', () => {
    const sample = sampleOf(`
      1.0,1,11,100,1000000,1
      1.1,1,12,100,1000000,1
      1.2,4,12,30,1000000,1
      1.3,3,11,100,1000000,1`);
    const plan = buildPlan(sample, PARTICIPANTS);
    expect(plan.commands.map(textOf)).toEqual([
      'add BUY 100 @ 10000',
      'add BUY 100 @ 10000',
      'forget #0',
      'take SELL 30 @ 10000 30 of #1',
      'adopt BUY 100 @ 10000',
      'delete #4',
    ]);
    expect(plan.figures.ordersMovedBack).toBe(1);
    expect(outcomeOf(plan)).toEqual(EXACT);
  });

  it('halts and resumes', () => {
    const sample = sampleOf(`
      1.0,7,0,0,-1,-1
      1.1,7,0,0,0,-1
      1.2,7,0,0,1,-1`);
    expect(linesOf(sample)).toEqual(['halt', 'resume']);
  });

  it('refuses prices that are no whole cents', () => {
    expect(() => linesOf(sampleOf('1.0,1,11,100,1000050,1'))).toThrow('row 1: the price 1000050');
  });
});

describe('rows with book rows', () => {
  it('seeds from row 0 and skips message 0', () => {
    const sample = sampleOf(
      `1.0,1,11,100,99900,1
       1.1,3,12,7,99900,1`,
      `${row([[1001, 5]], [[999, 107]])}
       ${row([[1001, 5]], [[999, 100]])}`,
    );
    const plan = buildPlan(sample, PARTICIPANTS);
    expect(plan.commands.map(textOf)).toEqual([
      'seed BUY 7 @ 999',
      'seed BUY 100 @ 999',
      'seed SELL 5 @ 1001',
      'delete #0',
    ]);
    expect(plan.figures).toMatchObject({ rowsSeed: 1, bookRowsDiffering: 0, bookRowsCompared: 2 });
  });

  it('seeds orders in the order of their execution', () => {
    const sample = sampleOf(
      `1.0,1,10,1,99900,1
       1.1,4,12,30,99900,1
       1.2,4,11,20,99900,1`,
      `${row([], [[999, 50]])}
       ${row([], [[999, 20]])}
       ${row([], [])}`,
    );
    const plan = buildPlan(sample, PARTICIPANTS);
    expect(plan.commands.map(textOf)).toEqual([
      'seed BUY 30 @ 999',
      'seed BUY 20 @ 999',
      'take SELL 30 @ 999 30 of #0',
      'take SELL 20 @ 999 20 of #1',
    ]);
    expect(outcomeOf(plan)).toEqual(EXACT);
  });

  /** Bids 999 and 998 are visible; 997 comes into the window when 999 goes, with 40 that no row had shown. */
  it('adopts what a price brings into the window, and knows it by the row that names it', () => {
    const sample = sampleOf(
      `1.0,1,1,10,99900,1
       1.1,3,1,10,99900,1
       1.2,3,77,25,99700,1`,
      `${row(
        [],
        [
          [999, 10],
          [998, 10],
        ],
      )}
       ${row(
         [],
         [
           [998, 10],
           [997, 40],
         ],
       )}
       ${row(
         [],
         [
           [998, 10],
           [997, 15],
         ],
       )}`,
    );
    const plan = buildPlan(sample, PARTICIPANTS);
    expect(plan.commands.map(textOf)).toEqual([
      'seed BUY 10 @ 999',
      'seed BUY 10 @ 998',
      'delete #0',
      'adopt BUY 25 @ 997',
      'adopt BUY 15 @ 997',
      'delete #3',
    ]);
    expect(plan.figures).toMatchObject({ ordersAdopted: 2, rowsUnknownSkipped: 0, bookRowsDiffering: 0 });
  });

  /** 997 leaves the window with 30 and comes back with 10: 20 were deleted unseen. */
  it('forgets what went while its price was outside the window', () => {
    const sample = sampleOf(
      `1.0,1,1,10,99800,1
       1.1,1,2,20,99700,1
       1.2,1,3,10,99700,1
       1.3,1,4,5,99900,1
       1.4,3,4,5,99900,1
       1.5,3,3,10,99700,1`,
      `${row([], [[998, 10]])}
       ${row(
         [],
         [
           [998, 10],
           [997, 20],
         ],
       )}
       ${row(
         [],
         [
           [998, 10],
           [997, 30],
         ],
       )}
       ${row(
         [],
         [
           [999, 5],
           [998, 10],
         ],
       )}
       ${row(
         [],
         [
           [998, 10],
           [997, 10],
         ],
       )}
       ${row([], [[998, 10]])}`,
    );
    const plan = buildPlan(sample, PARTICIPANTS);
    expect(plan.commands.map(textOf).slice(3)).toEqual([
      'add BUY 5 @ 999',
      'delete #3',
      'forget #1',
      'delete #2',
    ]);
    expect(plan.figures).toMatchObject({ ordersForgotten: 1, bookRowsDiffering: 0 });
  });
});

describe('participants', () => {
  const sample = sampleOf(`
    1.0,1,11,100,1000500,-1
    1.0,1,12,100,1000000,1
    1.2,4,11,10,1000500,-1
    1.2,4,12,10,1000000,1
    1.3,3,12,90,1000000,1`);

  it('gives every price and side one maker, and every side one taker of its own', () => {
    const { commands } = buildPlan(sample, PARTICIPANTS);
    const participants = commands.flatMap((each) => (each.kind === 'place' ? [each.participant] : []));
    expect(participants[0]).toBeLessThan(6);
    expect(participants.slice(2)).toEqual([6, 7]);
  });
});
