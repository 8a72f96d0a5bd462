/** Shows microseconds since the epoch in UTC: the same text on every machine. 0 is shown as nothing. */
export function momentText(micros: number): string {
  if (micros === 0) return '';
  return new Date(micros / 1_000).toISOString().replace('T', ' ');
}

/** Shows a length of time in the largest unit that it fills. */
export function durationText(micros: number): string {
  const seconds = micros / 1_000_000;
  if (Math.abs(seconds) < 60) return `${seconds.toFixed(1)} s`;
  if (Math.abs(seconds) < 3_600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

const AGO = /^([0-9]{1,6})(s|m|h|d)( ago)?$/;
const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DURATION = /^([0-9]{1,6})(s|m|h|d)$/;

/** Reads a length of time, `30s`, `5m`, `1h` or `1d`; undefined when the text is none. */
export function parseDurationMs(text: string): number | undefined {
  const [, count = '', unit = ''] = DURATION.exec(text) ?? [];
  const secondsPerUnit = SECONDS_OF[unit];
  return secondsPerUnit === undefined ? undefined : Number(count) * secondsPerUnit * 1_000;
}

const MICROS = /^[0-9]{16}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a moment in the forms that people type: `2026-01-31`, `2026-01-31T10:00` (UTC unless a zone stands there), `15m`
 * for a quarter of an hour ago, or microseconds since the epoch as `--json` shows them.
 * @returns microseconds since the epoch, or undefined when the text is none of these
 */
export function parseMoment(text: string, nowMicros: number): number | undefined {
  const [, count = '', unit = ''] = AGO.exec(text) ?? [];
  const secondsPerUnit = SECONDS_OF[unit];
  if (secondsPerUnit !== undefined) return nowMicros - Number(count) * secondsPerUnit * 1_000_000;
  if (MICROS.test(text)) return Number(text);
  const [, date, time, zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  const iso = DATE.test(text) ? `${text}T00:00:00Z` : `${date}T${time}${zone}`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms * 1_000;
}
