import { type Timer, TransientFailure } from '@plenum/runtime';

/** What the work comes to, or TransientFailure when that takes too long. The work itself goes on, and nobody hears of it. */
export const beforeDeadline = <T>(work: Promise<T>, timer: Pick<Timer, 'after'>, deadlineMs: number): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const cancel = timer.after(deadlineMs, () =>
    late.reject(new TransientFailure('deadline', `there was no answer within ${deadlineMs} ms`)),
  );
  return Promise.race([work, late.promise]).finally(cancel);
};
