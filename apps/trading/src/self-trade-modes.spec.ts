import { parseSelfTradeModes, selfTradeModeOf } from './self-trade-modes';

const TEXTS: [text: string, others: string | undefined, maker: string | undefined][] = [
  ['CANCEL_OLDEST', 'CANCEL_OLDEST', 'CANCEL_OLDEST'],
  ['CANCEL_NEWEST, maker=ALLOW', 'CANCEL_NEWEST', 'ALLOW'],
  ['DECREMENT,maker=CANCEL_BOTH,x=ALLOW', 'DECREMENT', 'CANCEL_BOTH'],
  ['', undefined, undefined],
  ['NEWEST', undefined, undefined],
  ['ALLOW,maker', undefined, undefined],
  ['ALLOW,=ALLOW', undefined, undefined],
  ['ALLOW,maker=NO', undefined, undefined],
];

test.each(TEXTS)('%j gives %s, and %s to maker', (text, others, maker) => {
  const modes = parseSelfTradeModes(text);
  expect(modes?.others).toBe(others);
  expect(modes && selfTradeModeOf(modes, 'maker.main')).toBe(maker);
});
