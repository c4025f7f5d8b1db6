import { observe, type RefusalCode } from '@plenum/ceiling';
import type { TranslateTools } from '@plenum/event';
import type { Written } from './malformed.ts';

/** What has to become of a message that was acknowledged. */
export type Expected =
  | { readonly outcome: 'event'; readonly eventId: string }
  | { readonly outcome: 'quarantine'; readonly code: RefusalCode };

/**
 * Asks the same function that the bridge asks, so that a list of what was sent holds the ids that the log must hold.
 * Simulated messages say when they were, so their ids do not depend on when they arrive.
 */
export const expectedOf = ({ topic, payload }: Written, tools: Pick<TranslateTools, 'sha1' | 'zone'>): Expected => {
  const observed = observe(
    { topic, payload, receivedTimeUs: 0 },
    {
      ...tools,
      newId: () => {
        throw new Error(`a simulated message on ${topic} does not say when it was`);
      },
    },
  );
  return observed.outcome === 'event'
    ? { outcome: 'event', eventId: observed.event.id }
    : { outcome: 'quarantine', code: observed.code };
};
