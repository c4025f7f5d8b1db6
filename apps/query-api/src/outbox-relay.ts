/** The outbox relay beside the API: what was decided is sent to the log by whichever process lets people decide. */
import type { OpenDecisions } from '@plenum/assembly';

/**
 * Relays while `work` runs, and ends after it, so that what the last requests decided has its chance. `work` is
 * given a signal that aborts when the outbox relay cannot go on. @throws what that failed with; what `work` throws.
 */
export const besideOutboxRelay = async (
  decisions: Pick<OpenDecisions, 'relay'> | undefined,
  work: (broken: AbortSignal) => Promise<void>,
): Promise<void> => {
  if (decisions === undefined) return work(new AbortController().signal);
  const stopping = new AbortController();
  const broken = new AbortController();
  const relaying = decisions.relay(stopping.signal).catch((error: unknown) => {
    broken.abort(error);
    throw error;
  });
  const working = work(broken.signal).finally(() => stopping.abort());
  const [worked, relayed] = await Promise.allSettled([working, relaying]);
  if (relayed.status === 'rejected') throw relayed.reason;
  if (worked.status === 'rejected') throw worked.reason;
};
