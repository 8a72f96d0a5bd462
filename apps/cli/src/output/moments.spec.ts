import { durationText, momentText, parseMoment } from './moments';

const NOW_MICROS = Date.parse('2026-01-31T12:00:00Z') * 1_000;

describe('parseMoment', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T10:00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31 10:00:05', '2026-01-31T10:00:05.000Z'],
    ['2026-01-31T10:00:05.250Z', '2026-01-31T10:00:05.250Z'],
    ['2026-01-31T10:00+02:00', '2026-01-31T08:00:00.000Z'],
    ['15m', '2026-01-31T11:45:00.000Z'],
    ['2h ago', '2026-01-31T10:00:00.000Z'],
    ['7d', '2026-01-24T12:00:00.000Z'],
    ['1769853600000000', '2026-01-31T10:00:00.000Z'],
  ])('reads %s as %s', (text, iso) => {
    const micros = parseMoment(text, NOW_MICROS);
    expect(micros === undefined ? undefined : new Date(micros / 1_000).toISOString()).toBe(iso);
  });

  it.each(['', 'yesterday', '2026-13-01', '2026-01-31T25:00', '15', '15 m', '-5m', '31.01.2026'])(
    'does not read %j',
    (text) => expect(parseMoment(text, NOW_MICROS)).toBeUndefined(),
  );
});

describe('what is shown', () => {
  it('is UTC, and nothing for no moment', () => {
    expect(momentText(NOW_MICROS + 250_000)).toBe('2026-01-31 12:00:00.250Z');
    expect(momentText(0)).toBe('');
  });

  it.each([
    [1_500_000, '1.5 s'],
    [90_000_000, '2 min'],
    [7_200_000_000, '2 h'],
  ])('%i µs is %s', (micros, text) => expect(durationText(micros)).toBe(text));
});
