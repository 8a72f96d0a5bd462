import { type Plain, PlainFields, PlainList, type PlainParts } from '@clearway/kernel';
import fc from 'fast-check';
import { decodePlain, decodeSteps, encodeParts, encodePlain, plainHash } from './plain-codec';

const plain: fc.Arbitrary<Plain> = fc.letrec<{ node: Plain }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.array(tie('node'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('node'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).node;

describe('the Plain codec', () => {
  it('gives back what it was given', () => {
    fc.assert(fc.property(plain, (value) => expect(decodePlain(encodePlain(value))).toEqual(value)));
  });

  it('refuses keys out of order also after a map that had one of them there', () => {
    const sorted = Buffer.from('a2616101616302', 'hex');
    const unsorted = Buffer.from('a2617a01616302', 'hex');
    expect(decodePlain(Buffer.concat([Buffer.of(0x82), sorted, sorted]))).toEqual([
      { a: 1, c: 2 },
      { a: 1, c: 2 },
    ]);
    const bytes = Buffer.concat([Buffer.of(0x82), sorted, unsorted]);
    expect(() => decodePlain(bytes)).toThrow('keys are not sorted');
    const twice = Buffer.concat([Buffer.of(0x82), sorted, Buffer.from('a2616301616302', 'hex')]);
    expect(() => decodePlain(twice)).toThrow('keys are not sorted');
  });

  it('gives the same bytes bit by bit, and releases the parts', () => {
    const parts = fc.letrec<{ part: [PlainParts, Plain] }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        plain.map((value): [PlainParts, Plain] => [value, value]),
        fc.array(tie('part'), { maxLength: 4 }).map((list): [PlainParts, Plain] => [
          new PlainList(
            list.length,
            list.map(([each]) => each),
            () => void released++,
          ),
          list.map(([, value]) => value),
        ]),
        fc
          .dictionary(fc.string({ unit: 'grapheme' }), tie('part'), { maxKeys: 4, noNullPrototype: true })
          .map((fields): [PlainParts, Plain] => [
            new PlainFields(Object.fromEntries(Object.entries(fields).map(([name, [part]]) => [name, part]))),
            Object.fromEntries(Object.entries(fields).map(([name, [, value]]) => [name, value])),
          ]),
      ),
    })).part;
    let released = 0;
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 3 }), (lists) => {
        released = 0;
        const whole = new PlainList(
          lists.length,
          lists.map(([part]) => part),
          () => void released++,
        );
        const chunks = [...encodeParts(whole)].filter((chunk) => chunk !== undefined);
        expect(Buffer.concat(chunks).equals(encodePlain(lists.map(([, value]) => value)))).toBe(true);
        expect(released).toBeGreaterThan(0);
      }),
    );
  });

  it('gives a large value in chunks, and releases it when its reader stops', () => {
    let released = 0;
    const row = 'x'.repeat(1_000);
    const list = () =>
      new PlainList(
        5_000,
        Array.from({ length: 5_000 }, () => row),
        () => void released++,
      );
    const chunks = [...encodeParts(list())].filter((chunk) => chunk !== undefined);
    expect(chunks.length).toBeGreaterThan(3);
    expect(decodePlain(Buffer.concat(chunks))).toHaveLength(5_000);
    const reader = encodeParts(new PlainFields({ list: list() }));
    reader.next();
    reader.return(undefined);
    expect(released).toBe(2);
    expect(() => [...encodeParts(new PlainList(2, [1]))]).toThrow('A list of 2 items had 1');
  });

  it('reads a large list step by step, wherever it stands', () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => [at, `row ${at}`]);
    const value: Plain = { few: [1, [2, { rows }]], rows };
    const steps = decodeSteps(encodePlain(value));
    let count = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) count += 1;
    expect(step.value).toEqual(value);
    expect(count).toBeGreaterThanOrEqual(6_000);
    const cut = encodePlain(value).subarray(0, 50_000);
    expect(() => decodePlain(cut)).toThrow(RangeError);
  });

  it('gives the same bytes whatever order keys were written in', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer()), {
      selector: (entry) => entry[0],
      maxLength: 80,
    });
    fc.assert(
      fc.property(entries, (list) => {
        const forwards = encodePlain(Object.fromEntries(list));
        const backwards = encodePlain(Object.fromEntries(list.toReversed()));
        expect(forwards.equals(backwards)).toBe(true);
        expect(encodePlain(decodePlain(forwards)).equals(forwards)).toBe(true);
      }),
    );
  });

  it.each<[string, Plain, string]>([
    ['5 and 5.0', 5.0, '05'],
    ['minus zero is zero', -0, '00'],
    ['24', 24, '1818'],
    ['-500', -500, '3901f3'],
    ['2^32', 2 ** 32, '1b0000000100000000'],
    ['the largest safe integer', Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
    ['5n is a bignum, not 5', 5n, 'c24105'],
    ['0n', 0n, 'c240'],
    ['-1n', -1n, 'c340'],
    ['2^64', 2n ** 64n, 'c249010000000000000000'],
    ['shorter keys first', { b: 1, aa: 2, a: 3 }, 'a36161036162016261 6102'.replace(' ', '')],
    ['nested', [null, true, false, 'é', Uint8Array.of(1)], '85f6f5f462c3a94101'],
  ])('encodes %s', (_, value, hex) => {
    expect(encodePlain(value).toString('hex')).toBe(hex);
  });

  it.each<[string, unknown]>([
    ['a fraction', 1.5],
    ['not a number', Number.NaN],
    ['an unsafe integer', 2 ** 53],
    ['undefined', { a: undefined }],
    ['a Map', new Map()],
    ['half a surrogate pair', '\ud800'],
    ['a function', () => 1],
  ])('refuses to encode %s', (_, value) => {
    expect(() => encodePlain(value as Plain)).toThrow(TypeError);
  });

  it.each([
    ['nothing', ''],
    ['a longer head than needed', '1805'],
    ['left-over bytes', '0505'],
    ['a cut-off string', '6261'],
    ['unsorted keys', 'a2616201616102'],
    ['a doubled key', 'a2616101616102'],
    ['a bignum with leading zeros', 'c2420005'],
    ['an indefinite array', '9f05ff'],
    ['a float', 'fa47c35000'],
    ['an array longer than its bytes', '9affffffff'],
    ['another tag', 'c11a514b67b0'],
  ])('refuses to decode %s', (_, hex) => {
    expect(() => decodePlain(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  });

  it('keeps a key named __proto__ as data', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}}') as Plain;
    const back = decodePlain(encodePlain(value)) as object;
    expect(Object.keys(back)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it('tells shapes apart whose joined keys look alike', () => {
    const values: Plain = [{ 'a\u0000b': 1 }, { a: 2, b: 3 }, { b: 4, a: 5 }];
    expect(decodePlain(encodePlain(values))).toEqual(values);
  });

  it('hashes with SHA-256', () => {
    expect(plainHash(Buffer.from('abc')).toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
