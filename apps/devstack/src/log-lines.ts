import type { Colours } from './config';

/** Fields of a JSON line that are shown elsewhere or say nothing to a person at a terminal. */
const HIDDEN_FIELDS = new Set([
  'level',
  'time',
  'msg',
  'service',
  'name',
  'pid',
  'hostname',
  'v',
  'trace_id',
  'span_id',
]);
const MESSAGE_CHARS_MAX = 400;
const FIELD_CHARS_MAX = 120;
const FIELDS_MAX = 8;
const STACK_LINES_MAX = 8;
const LEVEL_CHARS = 5;

/** pino's levels by number, for lines that were written without words. */
const LEVEL_WORDS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/**
 * Turns one line that a service wrote into lines for a person: a JSON line of pino's becomes time, level, message and a
 * few fields, anything else stays as it is.
 */
export function humanLines(line: string, colours: Colours): readonly string[] {
  const record = parseRecord(line);
  if (record === undefined) return [line];
  const level = levelOf(record.level);
  const message = cut(printable(textOf(record.msg)), MESSAGE_CHARS_MAX);
  const fields = fieldsOf(record);
  const head = `${timeOf(record.time)} ${paintLevel(level, colours)} ${message}`;
  const first = fields === '' ? head : `${head} ${colours.dim(fields)}`;
  return [first, ...stackOf(record, level).map((text) => colours.dim(text))];
}

/** Formats a moment as local time of day, as the lines of all services begin. */
export function timeOfDay(at: Date): string {
  const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Colours a level's word and pads it, so that messages stand under each other. */
export function paintLevel(level: string, colours: Colours): string {
  const padded = level.padEnd(LEVEL_CHARS);
  if (level === 'error' || level === 'fatal') return colours.red(padded);
  if (level === 'warn') return colours.yellow(padded);
  return level === 'info' ? colours.green(padded) : colours.dim(padded);
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const found: unknown = JSON.parse(line);
    return isRecord(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(found: unknown): found is Record<string, unknown> {
  return typeof found === 'object' && found !== null && 'level' in found;
}

function levelOf(level: unknown): string {
  return typeof level === 'number' ? (LEVEL_WORDS[level] ?? String(level)) : textOf(level);
}

function timeOf(time: unknown): string {
  const at = new Date(typeof time === 'number' || typeof time === 'string' ? time : Date.now());
  return timeOfDay(Number.isNaN(at.getTime()) ? new Date() : at);
}

function fieldsOf(record: Record<string, unknown>): string {
  const shown = Object.entries(record).filter(
    ([name, value]) => !HIDDEN_FIELDS.has(name) && value !== undefined,
  );
  const texts = shown.slice(0, FIELDS_MAX).map(([name, value]) => `${name}=${shownValue(value)}`);
  return [...texts, ...(shown.length > FIELDS_MAX ? [`+${shown.length - FIELDS_MAX} more`] : [])].join(' ');
}

function shownValue(value: unknown): string {
  const error = messageOfError(value);
  const text = typeof value === 'string' ? value : (error ?? JSON.stringify(value) ?? '');
  const clean = cut(printable(text), FIELD_CHARS_MAX);
  return /[\s"=]/.test(clean) && !clean.startsWith('{') && !clean.startsWith('[')
    ? JSON.stringify(clean)
    : clean;
}

function messageOfError(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('stack' in value) || !('message' in value))
    return undefined;
  return textOf(value.message);
}

function stackOf(record: Record<string, unknown>, level: string): readonly string[] {
  if (level !== 'error' && level !== 'fatal') return [];
  const error = record.err ?? record.error;
  if (typeof error !== 'object' || error === null || !('stack' in error)) return [];
  const frames = textOf(error.stack)
    .split('\n')
    .slice(1, STACK_LINES_MAX + 1);
  return frames.map((frame) => cut(printable(frame), MESSAGE_CHARS_MAX));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** A value from outside must not move the cursor or repaint the terminal. */
function printable(text: string): string {
  return Array.from(text, (char) => (isControl(char) ? ' ' : char)).join('');
}

function isControl(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}
