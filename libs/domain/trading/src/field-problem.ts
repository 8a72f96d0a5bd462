/** A field that has the wrong shape, and why. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}
