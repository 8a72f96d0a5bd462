import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets the calling thread have a tenth of a processor that others want too: on Linux a priority belongs to a thread. Elsewhere, and where
 * it is not allowed, the thread goes on like the others.
 */
export function giveWay(): void {
  try {
    const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(threadId, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It costs the others some time, nothing else.
  }
}
