import { UsageError } from './usage-error';

/** Reads a whole number of the command line. @throws UsageError that names the option and its limits */
export function wholeNumber(
  option: string,
  text: string,
  { min = 1, max }: { min?: number; max: number },
): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not "${text}"`);
}

/** Reads a number above 0 of the command line, fractions too. @throws UsageError that names the option and its limit */
export function positiveNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (value > 0 && value <= max) return value;
  throw new UsageError(`${option} must be a number above 0 and at most ${max}, not "${text}"`);
}
