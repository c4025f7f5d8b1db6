/** What the routes of the ceiling take. */
import type { Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { nodeReads } from './nodes/reads.ts';
import { intervalReads } from './readings/interval-reads.ts';
import { readingReads } from './readings/reads.ts';

export const ceilingReads = (sql: Sql) => ({
  nodes: nodeReads(sql),
  readings: readingReads(sql),
  intervals: intervalReads(sql),
});

export type CeilingReads = ReturnType<typeof ceilingReads>;

export type CeilingServices = Services<CeilingReads> & {
  /** Whether the MQTT listener or broker answers, for clients of the replaced system. */
  readonly mqttConnected: () => Promise<boolean>;
};

/** Nodes that were not heard of since then are stale; microseconds. */
export const silentSinceUs = ({ clock, staleAfterS }: Pick<CeilingServices, 'clock' | 'staleAfterS'>): number =>
  clock.nowUs() - staleAfterS * 1_000_000;
