import assert from 'node:assert/strict';
import { it } from 'node:test';
import { defineReaction, type Reaction } from '@plenum/event';
import { consumerOfReaction, type Issue } from '@plenum/runtime';
import {
  memoryCheckpointStore,
  memoryLog,
  purseCommand,
  silentLogger,
  thingSaid,
  thingsCodec,
  thingsTopic,
} from '@plenum/runtime/testing';
import { reactorProgress, runReactor } from './run.ts';

const repeat = (name: string): Reaction =>
  defineReaction({
    ...{ name, about: 'For tests.', topics: [thingsTopic.name] },
    react: ({ id }) => [purseCommand({ do: 'open', purse: id })],
  });

it('runs every reaction, and stops when asked to', async () => {
  const reactions = [repeat('repeat'), repeat('repeat-again')];
  const { parts, issued, counters } = await world(reactions);
  const stopping = new AbortController();
  const running = runReactor(parts, stopping.signal);
  await until(() => reactions.every((one) => counters(one).read === 20));
  stopping.abort();
  await running;
  assert.equal(new Set(issued).size, 40);
  assert.deepEqual(
    [...parts.progress].map(([name, { recordsRead }]) => [name, recordsRead]),
    [
      ['repeat', 20],
      ['repeat-again', 20],
    ],
  );
});

it('waits until it is asked to stop where there is no reaction', async () => {
  const { parts } = await world([]);
  const stopping = new AbortController();
  let ended = false;
  const running = runReactor(parts, stopping.signal).then(() => {
    ended = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ended, false);
  stopping.abort();
  await running;
});

it('ends as a whole, with the reason, when one reaction cannot go on', async () => {
  const bug = new TypeError('not a function');
  const broken: Reaction = {
    ...repeat('broken'),
    react: () => {
      throw bug;
    },
  };
  const { parts } = await world([repeat('repeat'), broken]);
  await assert.rejects(runReactor(parts, new AbortController().signal), (error) => error === bug);
});

const world = async (reactions: readonly Reaction[]) => {
  const log = memoryLog([thingsTopic]);
  const checkpoints = memoryCheckpointStore();
  const records = Array.from({ length: 20 }, (_, id) => thingSaid(id, { thing: `t${id % 4}`, value: id, timeUs: id }));
  await log.append(records.map(thingsCodec.encode));
  const issued: string[] = [];
  const issue: Issue = async (_, { id }) => {
    issued.push(id);
    return { outcome: 'done', how: 'recorded' };
  };
  const progress = reactorProgress(reactions);
  const topics = [thingsTopic];
  return {
    parts: { log, checkpoints, codec: thingsCodec, reactions, topics, issue, logger: silentLogger, progress },
    issued,
    counters: (reaction: Reaction) => checkpoints.counters(consumerOfReaction(reaction)),
  };
};

/** Turns of the event loop, not time: everything here is in memory. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let turns = 0; !holds(); turns += 1) {
    assert.ok(turns < 100_000, 'it never came about');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
