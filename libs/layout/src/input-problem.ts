/** What is wrong with something that was given from outside: a code for machines, a sentence for people. */

export type ProblemCode =
  | 'missing'
  | 'wrong-type'
  | 'not-finite'
  | 'out-of-range'
  | 'too-small'
  | 'unknown-value'
  | 'unknown-field'
  | 'too-long'
  | 'control-character'
  | 'not-json'
  | 'contradiction';

export type InputProblem = {
  /** By its name in what was given, with a dot before what is inside: `layout.total_panels`. Empty: all of it. */
  readonly field: string;
  readonly code: ProblemCode;
  readonly message: string;
};

/** What was given, when there is nothing wrong with it; else everything that is. */
export type Checked<T> = { readonly value: T } | { readonly problems: readonly InputProblem[] };
