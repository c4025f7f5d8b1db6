import { TransientFailure } from './errors.ts';
import { systemTimer, type Timer } from './timer.ts';

/**
 * What the work comes to, or a transient failure with code `late` when that takes longer than `deadlineMs`. The work
 * itself goes on, and nobody hears of it.
 */
export const beforeDeadline = <T>(
  work: Promise<T>,
  deadlineMs: number,
  timer: Pick<Timer, 'after'> = systemTimer,
): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const cancel = timer.after(deadlineMs, () =>
    late.reject(new TransientFailure('late', `there was no answer within ${deadlineMs} ms`)),
  );
  return Promise.race([work, late.promise]).finally(cancel);
};
