/** What the program ends with. Scripts decide by it, so it never changes its meaning. */
export const EXIT = {
  /** Done, and every check held. */
  OK: 0,
  /** Understood and refused, or a check did not hold. */
  REFUSED: 1,
  /** The command line is wrong; nothing was asked. */
  USAGE: 2,
  /** No stack is running, or a service gave no answer: whether anything happened is not known. */
  NOT_REACHABLE: 3,
} as const;

/** One of the documented exit statuses. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
