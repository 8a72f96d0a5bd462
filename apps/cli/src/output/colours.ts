import { createColors } from 'picocolors';

/** What picocolors gives: functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof createColors>;

/** The colours that this program uses; a cell names one and the renderer applies it after it has aligned the cell. */
export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/**
 * Colours that are on or off. A pipe's `isTTY` is undefined, and with undefined the library would decide by itself: on wherever
 * it sees a CI.
 */
export function coloursOf(enabled: boolean | undefined): Colours {
  return createColors(enabled === true);
}
