import { createColors } from 'picocolors';

/** What picocolors gives: functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof createColors>;

/** Settings that a person may pass through devstack to all services: where traces go and how many. */
const PASSED_ON = new Set(['CLEARWAY_OTLP_ENDPOINT', 'CLEARWAY_TRACE_SAMPLING_RATIO']);

/**
 * The environment that services inherit: the person's own, without the settings that devstack decides. A
 * CLEARWAY_POSTGRES_URL left over in a shell must not lead a service to another database.
 */
export function inheritedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && (!name.startsWith('CLEARWAY_') || PASSED_ON.has(name))
      ? [[name, value] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

/** Colours for a terminal; none when they are not wanted (`--no-color`, NO_COLOR) or nobody looks (a pipe, a file). */
export function chooseColours(wanted: boolean): Colours {
  const forced = (process.env.FORCE_COLOR ?? '0') !== '0';
  const refused = (process.env.NO_COLOR ?? '') !== '';
  // Of a pipe isTTY is undefined, and with undefined the library would decide by itself: on wherever it sees a CI.
  const isTerminal = process.stdout.isTTY === true;
  return createColors(wanted && !refused && (forced || isTerminal));
}
