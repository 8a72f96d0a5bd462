/** The outcome of one named invariant. `detail` is empty when it holds, else it shows at most 20 examples. */
export interface InvariantResult {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** Builds the result of an invariant from the violations found: none means that it holds. */
export function invariant(name: string, violations: readonly string[]): InvariantResult {
  const shown = violations.slice(0, 20).join('; ');
  const more = violations.length > 20 ? ` (+${violations.length - 20} more)` : '';
  return { name, holds: violations.length === 0, detail: shown + more };
}
