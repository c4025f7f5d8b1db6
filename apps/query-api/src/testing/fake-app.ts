/** The app over reads that are given what to answer: for everything that can be seen without a database. */
import type { TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, projections } from '@plenum/catalogue';
import { metricsRegistry } from '@plenum/metrics';
import { silentLogger } from '@plenum/runtime/testing';
import type { FastifyInstance } from 'fastify';
import { type AppParts, buildApp } from '../app.ts';
import type { ProjectionCheckpoint } from '../consumers/checkpoints.ts';
import { type Reads, readsOver } from '../reads.ts';
import { checkAnswers } from './check-answers.ts';

const unasked = async (): Promise<never> => {
  throw new Error('A read was called that this test did not expect');
};

/** 2026-03-04T09:15:02.118204Z */
export const nowUs = 1_772_615_702_118_204;

export { silentLogger } from '@plenum/runtime/testing';

/** Everything in the log is in the rows: one partition of one record for each topic of each projection. */
export const caughtUp: readonly ProjectionCheckpoint[] = projections.flatMap(({ name, version, topics }) =>
  topics.map((topic) => ({
    projection: name,
    version,
    generation: 1,
    topic,
    partition: 0,
    next: '1',
    read: 1,
    applied: 1,
    duplicates: 0,
    not_for_it: 0,
    parked: 0,
    updated_at: '2026-03-04T09:15:02.000000Z',
  })),
);

type SomeReads = { readonly [K in keyof Reads]?: Partial<Reads[K]> };
type Overrides = Partial<Omit<AppParts, 'reads'>> & { readonly reads?: SomeReads };

const readsWith = (given: SomeReads): Reads => {
  const groups = Object.entries(readsOver(unasked, unasked)).map(([name, none]) => [
    name,
    { ...none, ...given[name as keyof Reads] }, // The names are those of Reads: readsOver has just made them.
  ]);
  return Object.fromEntries(groups) as Reads; // As above, each with all that its group has.
};

const codec = avroCodec(events);

export const usualStreamLimits: AppParts['streamLimits'] = {
  ...{ clientsMax: 1_000, clientsOfOneMax: 100, waitingBytesMax: 1_048_576, missedMax: 100_000 },
};

/** Closed after the test. Reads that are not given fail the request that calls them. */
export const fakeApp = async (
  t: TestContext,
  { reads = {}, onRoute, ...parts }: Overrides = {},
): Promise<FastifyInstance> => {
  const checkpoints = { active: async () => caughtUp, building: async () => [], ping: async () => undefined };
  const app = await buildApp({
    log: {
      positions: async () => [{ partition: 0, first: 0n, next: 1n }],
      async *read() {
        // Nothing is behind, so nobody reads.
      },
    },
    codec,
    projections,
    clock: { nowUs: () => nowUs },
    logger: silentLogger,
    metrics: metricsRegistry(),
    authentication: 'off',
    limits: { limitDefault: 2, limitMax: 3 },
    staleAfterS: 300,
    streamLimits: usualStreamLimits,
    mqttConnected: async () => true,
    nodeKeys: { make: () => ({ key: 'ab'.repeat(32), keyId: '0123abcd', keyHash: 'cd'.repeat(32) }) },
    ...parts,
    onRoute: (route) => {
      checkAnswers(route);
      onRoute?.(route);
    },
    reads: readsWith({ ...reads, checkpoints: { ...checkpoints, ...reads.checkpoints } }),
  });
  t.after(() => app.close());
  return app;
};
