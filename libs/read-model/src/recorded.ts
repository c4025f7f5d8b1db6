import type { Event } from '@plenum/event';

/** An event with its place in the log. */
export type Recorded<Data = unknown> = {
  readonly event: Event<Data>;
  readonly partition: number;
  readonly offset: bigint;
};
