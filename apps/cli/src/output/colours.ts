import { createColors } from 'picocolors';

/** What picocolors gives: functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof createColors>;

/** The colours that this program uses; a cell names one and the renderer applies it after it has aligned the cell. */
export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours that are on or off. */
export function coloursOf(enabled: boolean): Colours {
  return createColors(enabled);
}
