import { EXIT, type ExitStatus } from '../exit-status';
import type { Colours } from './colours';

/** What a command found out, for programs and for people. */
export interface Answer {
  /** One JSON document: what `--json` prints. */
  readonly document: () => unknown;
  /** The same as text, without a line end at its end; empty when everything has been printed already. */
  readonly text: (colours: Colours) => string;
  readonly status: ExitStatus;
}

/** Builds an answer; all is well unless a status says otherwise. */
export function answer(
  document: () => unknown,
  text: (colours: Colours) => string,
  status: ExitStatus = EXIT.OK,
): Answer {
  return { document, text, status };
}

/** Parts of a text with an empty line between them; empty parts are left out. */
export function sections(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
