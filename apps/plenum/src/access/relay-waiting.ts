import type { OpenDecisions } from '@plenum/assembly';
import { pause } from '@plenum/runtime';

const lookMs = 50;

/** Events that are decided and not in the log. @throws TransientFailure */
export const waitingForRelay = async (decisions: Pick<OpenDecisions, 'lag'>): Promise<number> =>
  (await decisions.lag()).reduce((sum, { records }) => sum + Number(records), 0);

/** Sends what waits to the log, which is safe when another process does it too. @throws as the outbox relay; the reason of `stop`. */
export const relayWaiting = async (
  decisions: Pick<OpenDecisions, 'lag' | 'relay'>,
  stop: AbortSignal,
): Promise<void> => {
  if ((await waitingForRelay(decisions)) === 0) return;
  const sent = new AbortController();
  const relaying = decisions.relay(AbortSignal.any([stop, sent.signal])).finally(() => sent.abort());
  try {
    while (!sent.signal.aborted && (await waitingForRelay(decisions)) > 0) await pause(lookMs, stop, sent.signal);
  } finally {
    sent.abort();
    await relaying;
  }
  stop.throwIfAborted();
};
