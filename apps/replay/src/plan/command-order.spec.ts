import { sampleOf } from '../fixtures/mini-sample';
import { buildPlan } from './build-plan';
import { orderCommands } from './command-order';

const WINDOW = 100;

function orderOf(messages: string, window = WINDOW): { after: number[][]; behind: number[] } {
  const { after, behind } = orderCommands(buildPlan(sampleOf(messages), 8), window);
  return { after: after.map((indices) => [...indices].sort((a, b) => a - b)), behind: [...behind] };
}

describe('orderCommands', () => {
  it('lets orders that do not meet go side by side', () => {
    const { after, behind } = orderOf(`
      1.0,1,11,100,1000000,1
      1.1,1,12,100,999900,1
      1.2,1,13,100,1000500,-1`);
    expect(after).toEqual([[], [], []]);
    expect(behind).toEqual([-1, -1, -1]);
  });

  it('sends orders of one price and side behind each other, without waiting', () => {
    const { after, behind } = orderOf(`
      1.0,1,11,100,1000000,1
      1.1,1,12,100,1000000,1`);
    expect(after).toEqual([[], []]);
    expect(behind).toEqual([-1, 0]);
  });

  it('lets a cancel wait for its order', () => {
    expect(orderOf('1.0,1,11,9,1000000,1\n1.1,3,11,9,1000000,1').after).toEqual([[], [0]]);
  });

  it('lets a taker wait for its makers and for what was ahead of them to be gone', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,1,11,100,1000000,1
      1.2,3,10,100,1000000,1
      1.3,4,11,100,1000000,1`);
    expect(after[3]).toEqual([1, 2]);
  });

  it('does not let a taker wait for a cancel behind its makers', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,1,11,100,1000000,1
      1.2,3,11,100,1000000,1
      1.3,4,10,100,1000000,1`);
    expect(after[3]).toEqual([0]);
  });

  it('lets a taker wait for a better price to be gone, however new its order', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,1,11,100,1000100,1
      1.2,3,11,100,1000100,1
      1.3,4,10,100,1000000,1`);
    expect(after[3]).toEqual([0, 2]);
  });

  it('sends takers of one side behind each other', () => {
    const { behind } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,4,10,10,1000000,1
      1.2,4,10,10,1000000,1`);
    expect(behind).toEqual([-1, -1, 1]);
  });

  it('lets the cancel of a partly filled order wait for its last taker', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,4,10,10,1000000,1
      1.2,3,10,90,1000000,1`);
    expect(after[2]).toEqual([0, 1]);
  });

  it('lets an order wait until what it would trade with is gone', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,-1
      1.1,1,11,100,1000100,-1
      1.2,3,10,100,1000000,-1
      1.3,4,11,100,1000100,-1
      1.4,1,12,100,1000100,1`);
    expect(after[4]).toEqual([2, 3]);
  });

  it('lets an order at a better price wait for a taker that would reach it', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,4,10,10,1000000,1
      1.2,1,11,100,1000100,1
      1.3,1,12,100,1000000,1`);
    expect(after.slice(2)).toEqual([[1], []]);
  });

  it('lets a halt wait for all before it, and all after it wait for it', () => {
    const { after } = orderOf(`
      1.0,1,10,100,1000000,1
      1.1,1,11,100,999900,1
      1.2,7,0,0,-1,-1
      1.3,3,10,100,1000000,1`);
    expect(after.slice(2)).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('lists nothing further back than the window', () => {
    const { after } = orderOf('1.0,1,11,9,1000000,1\n1.1,1,12,9,999900,1\n1.2,3,11,9,1000000,1', 2);
    expect(after[2]).toEqual([]);
  });
});
