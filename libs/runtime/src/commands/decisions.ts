/** What commands are handled with. */
import type { PersonalParts } from '../persons/personal-events.ts';
import type { Clock, Random } from '../ports.ts';
import type { EventStore, StreamVersion } from './event-store.ts';

export type Decisions = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Encrypts what names a person, and decrypts it for rules. Without it no such event is recorded. */
  readonly personal?: PersonalParts | undefined;
  /** Called with the streams that a command of this process has just changed. */
  readonly changed?: (streams: readonly StreamVersion[]) => void;
};
