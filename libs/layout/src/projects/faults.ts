/** From what is wrong with values to the refusal of a command. */
import { faulty, type Refused } from '@plenum/event';
import type { Checked, InputProblem } from '../input-problem.ts';

/** All that is wrong with all of these; nothing where everything is well. */
export const problemsOf = (...checks: readonly (Checked<unknown> | undefined)[]): readonly InputProblem[] =>
  checks.flatMap((one) => (one !== undefined && 'problems' in one ? one.problems : []));

/** Refused for all of them at once; `undefined` where there are none. */
export const refusedFor = (problems: readonly InputProblem[]): Refused | undefined => {
  const [first, ...more] = problems.map(faultOf);
  return first === undefined ? undefined : faulty([first, ...more]);
};

/** `ceiling.length_mm is missing`: of `ceiling/length_mm`, that it is missing. */
const faultOf = ({ field, message }: InputProblem) => ({
  field: field.replaceAll('.', '/'),
  detail: message.startsWith(`${field} `) ? message.slice(field.length + 1) : message,
});
