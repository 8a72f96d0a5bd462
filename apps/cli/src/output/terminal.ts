import type { Colours } from './colours';

/** Where a run of the program speaks to. */
export interface Terminal {
  /** Whether one JSON document is wanted instead of text. */
  readonly json: boolean;
  readonly colours: Colours;
  /** Writes to standard output as it is. */
  readonly out: (text: string) => void;
  /** Writes to standard error: what people need to know and programs do not read. */
  readonly err: (text: string) => void;
}
