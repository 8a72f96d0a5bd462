import type { common } from '@clearway/contracts';
import type { Colours } from './colours';

/** Reasons as lines: the code, and the sentence with the figures. Empty for none. */
export function reasonsText(reasons: readonly common.Reason[], colours: Colours): string {
  return reasons.map(({ code, message }) => `${colours.yellow(code)} ${message}`).join('\n');
}
