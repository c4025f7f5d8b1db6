import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Build, Projection } from '@plenum/read-model';
import type { Logger } from '@plenum/runtime';
import {
  memoryLog,
  memoryReadModelStore,
  thingSaid,
  thingsCodec,
  thingsProjection,
  thingsTopic,
} from '@plenum/runtime/testing';
import { projectorProgress, runProjector } from './run.ts';

const other: Build = { ...thingsProjection, name: 'other_things' };

it('projects every projection, and stops when asked to', async () => {
  const { parts, store } = await world([thingsProjection, other]);
  const stopping = new AbortController();
  const running = runProjector(parts, stopping.signal);
  await until(() => store.counters(thingsProjection).read === 20 && store.counters(other).read === 20);
  stopping.abort();
  await running;
  assert.deepEqual(
    [...parts.progress].map(([projection, { recordsRead }]) => [projection, recordsRead]),
    [
      ['things', 20],
      ['other_things', 20],
    ],
  );
});

it('ends as a whole, with the reason, when one projection cannot go on', async () => {
  const bug = new TypeError('not a function');
  const broken: Projection = {
    ...other,
    entry: () => {
      throw bug;
    },
  };
  const { parts, errors } = await world([thingsProjection, broken]);
  await assert.rejects(runProjector(parts, new AbortController().signal), (error) => error === bug);
  assert.deepEqual(errors, ['projection cannot go on']);
});

const world = async (projections: readonly Projection[]) => {
  const log = memoryLog([thingsTopic]);
  const store = memoryReadModelStore();
  const errors: string[] = [];
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: (_, message) => errors.push(message) };
  const records = Array.from({ length: 20 }, (_, id) => thingSaid(id, { thing: `t${id % 4}`, value: id, timeUs: id }));
  await log.append(records.map(thingsCodec.encode));
  const topics = [{ ...thingsTopic, config: unused }];
  const progress = projectorProgress(projections);
  return { parts: { log, store, codec: thingsCodec, projections, topics, logger, progress }, store, errors };
};

const unused = {
  'retention.ms': '',
  'cleanup.policy': '',
  'unclean.leader.election.enable': '',
  'min.insync.replicas': '',
  'max.message.bytes': '',
};

/** Turns of the event loop, not time: everything here is in memory. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let turns = 0; !holds(); turns += 1) {
    assert.ok(turns < 100_000, 'it never came about');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
