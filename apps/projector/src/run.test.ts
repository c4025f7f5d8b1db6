import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ReadModelSet } from '@plenum/read-model';
import type { Logger } from '@plenum/runtime';
import {
  memoryLog,
  memoryReadModelStore,
  thingSaid,
  thingsCodec,
  thingsSet,
  thingsTopic,
} from '@plenum/runtime/testing';
import { projectorProgress, runProjector } from './run.ts';

const other: ReadModelSet = { ...thingsSet, name: 'other_things' };

it('projects every set, and stops when told', async () => {
  const { parts, store } = await world([thingsSet, other]);
  const stopping = new AbortController();
  const running = runProjector(parts, stopping.signal);
  await until(() => store.sums(thingsSet).read === 20 && store.sums(other).read === 20);
  stopping.abort();
  await running;
  assert.deepEqual(
    [...parts.progress].map(([set, { recordsRead }]) => [set, recordsRead]),
    [
      ['things', 20],
      ['other_things', 20],
    ],
  );
});

it('ends as a whole, with the reason, when one set cannot go on', async () => {
  const bug = new TypeError('not a function');
  const broken: ReadModelSet = {
    ...other,
    entry: () => {
      throw bug;
    },
  };
  const { parts, errors } = await world([thingsSet, broken]);
  await assert.rejects(runProjector(parts, new AbortController().signal), (error) => error === bug);
  assert.deepEqual(errors, ['projection cannot go on']);
});

const world = async (sets: readonly ReadModelSet[]) => {
  const log = memoryLog([thingsTopic]);
  const store = memoryReadModelStore();
  const errors: string[] = [];
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: (_, message) => errors.push(message) };
  const records = Array.from({ length: 20 }, (_, id) => thingSaid(id, { thing: `t${id % 4}`, value: id, timeUs: id }));
  await log.append(records.map(thingsCodec.encode));
  const topics = [{ ...thingsTopic, config: unused }];
  const progress = projectorProgress(sets);
  return { parts: { log, store, codec: thingsCodec, sets, topics, logger, progress }, store, errors };
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
