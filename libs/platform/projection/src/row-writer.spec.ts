import { RowWriter } from './row-writer';

function written(write: (to: RowWriter) => void): string {
  const writer = new RowWriter(4);
  write(writer);
  writer.endRow();
  return writer.take().toString();
}

it('separates fields by tabs and rows by newlines', () => {
  const writer = new RowWriter();
  writer.text('a').integer(1).boolean(true).endRow();
  writer.text('').integer(null).boolean(false).endRow();
  expect(writer.take().toString()).toBe('a\t1\tt\n\t\\N\tf\n');
  expect(writer.take()).toHaveLength(0);
});

it('escapes what COPY would take for syntax, and tells a text from null', () => {
  expect(written((to) => to.text('\\N').text(null).text('a\tb\nc\rd\\'))).toBe(
    '\\\\N\t\\N\ta\\tb\\nc\\rd\\\\\n',
  );
});

it('keeps texts of any script', () => {
  expect(written((to) => to.text('Zürich').text('東京 🚀').text('plain'))).toBe('Zürich\t東京 🚀\tplain\n');
});

it.each([
  0,
  9,
  10,
  999_999_999,
  1_000_000_000,
  1_000_000_001,
  4_294_967_296,
  99_999_999_999_999,
  1_700_000_000_123_456,
  Number.MAX_SAFE_INTEGER,
  -1,
  Number.MIN_SAFE_INTEGER,
  0n,
  9_007_199_254_740_993n,
  -(10n ** 37n),
])('writes the integer %s digit by digit', (value) => {
  expect(written((to) => to.integer(value))).toBe(`${value}\n`);
});

it('writes times to the microsecond', () => {
  const at = Date.UTC(2026, 1, 3, 4, 5, 6) * 1_000;
  expect(
    written((to) =>
      to
        .timestamp(at + 70)
        .timestamp(at + 999_999)
        .timestamp(0),
    ),
  ).toBe('2026-02-03T04:05:06.000070Z\t2026-02-03T04:05:06.999999Z\t1970-01-01T00:00:00.000000Z\n');
});
