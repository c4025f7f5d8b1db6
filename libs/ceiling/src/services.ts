/** What the routes of the ceiling take. */
import type { Services } from '@plenum/domain';
import type { CeilingReads } from './read-models.ts';

export type CeilingServices = Services<CeilingReads> & {
  /** Whether the MQTT listener or broker answers, for clients of the replaced system. */
  readonly mqttConnected: () => Promise<boolean>;
};

/** Nodes that were not heard of since then are stale; microseconds. */
export const silentSinceUs = ({ clock, staleAfterS }: Pick<CeilingServices, 'clock' | 'staleAfterS'>): number =>
  clock.nowUs() - staleAfterS * 1_000_000;
