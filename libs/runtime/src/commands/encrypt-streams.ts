/** What was decided as it may be recorded: encrypted where it names a person, with the plain events beside it. */
import { encryptEvents, type PersonalParts } from '../persons/personal-events.ts';
import type { Append, StreamAppend } from './event-store.ts';

/**
 * All streams at once, so that a key that is made for a person is made once.
 * @throws PersonalUnreadable; TransientFailure.
 */
export const encryptStreams = async (
  streams: readonly StreamAppend[],
  personal: PersonalParts | undefined,
): Promise<Pick<Append, 'streams' | 'alongside'>> => {
  if (personal === undefined) return { streams };
  const { events, keep } = await encryptEvents(
    streams.flatMap((one) => one.events),
    personal,
  );
  let start = 0;
  const encrypted = streams.map((one) => {
    const own = events.slice(start, start + one.events.length);
    start += one.events.length;
    return { ...one, events: own, plain: one.events };
  });
  return { streams: encrypted, alongside: keep };
};
