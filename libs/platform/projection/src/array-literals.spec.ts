import { plainArray, textArray } from './array-literals';

it('writes numbers, booleans and nulls as they are', () => {
  expect(plainArray([1, -2n, true, null])).toBe('{1,-2,true,NULL}');
  expect(plainArray([])).toBe('{}');
});

it('quotes texts, so that none of them is taken for syntax or for null', () => {
  expect(textArray(['a b', '', 'NULL', null, '{x,y}'])).toBe('{"a b","","NULL",NULL,"{x,y}"}');
  expect(textArray(['say "no"', 'back\\slash', '\\"'])).toBe('{"say \\"no\\"","back\\\\slash","\\\\\\""}');
});
