import { createHash } from 'node:crypto';
import { parseGateCases } from './gate-cases';
import { judge } from './judge';

const script = (entries: string): string =>
  `BUY, SELL = 0, 1\n\nEDGE_CASES = {\n${entries}\n}\n\ndef run(): pass\n`;

describe('the reader of the gate’s cases', () => {
  it('reads messages over several lines, with comments between them', () => {
    const [first, second] = parseGateCases(
      script(`    # rests, "then" goes: NEW(9,BUY,9,9)
    "rest_and_go": [NEW(1,BUY,10,100),   # buys
                    CANCEL(1),MODIFY(1,SELL,5,101)],
    "take":[NEW(2, SELL, 3, 99, ioc=1)],`),
    );
    expect([first?.name, second?.name]).toEqual(['rest_and_go', 'take']);
    expect([...first!.workload.types]).toEqual([0, 1, 2]);
    expect([...first!.workload.pricesTicks]).toEqual([100, 0, 101]);
    expect([second!.workload.sides[0], second!.workload.iocs[0]]).toEqual([1, 1]);
  });

  it('reads repetitions and sums of lists', () => {
    const [only] = parseGateCases(
      script('    "deep": [NEW(i,SELL,1,100) for i in range(1,4)] + [NEW(4,BUY,3,100,ioc=1)],'),
    );
    expect([...only!.workload.orderIds]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['an unknown call', '    "a": [NEW(1,BUY,1,1), REPLACE(1)] * 2,'],
    ['a side that is none', '    "a": [NEW(1,LONG,1,1)],'],
    ['a number that is none', '    "a": [NEW(1,BUY,many,1)],'],
    ['no messages', '    "a": [],'],
  ])('refuses %s', (_, entry) => {
    expect(() => parseGateCases(script(entry))).toThrow('understood');
  });

  it('refuses a script without the table', () => {
    expect(() => parseGateCases('print(1)')).toThrow('EDGE_CASES');
  });
});

describe('a judgement', () => {
  it('hashes the reports as text and the book after every message', () => {
    const [only] = parseGateCases(script('    "a": [NEW(7,BUY,5,100),CANCEL(8)],'));
    const { reports, states, reportCount } = judge(only!.workload);
    expect(reportCount).toBe(2);
    expect(reports).toBe(sha256('0,0,0,7,100,5\n4,1,8'));
    expect(states).toBe(sha256('0,100,-,5,0\n1,100,-,5,0\n'));
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
