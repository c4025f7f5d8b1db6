import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { DueCommand } from '@plenum/device';
import {
  ConsumerGone,
  type ConsumerId,
  type Issue,
  type ListenedChannel,
  type Listening,
  TransientFailure,
} from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { answersIn } from './answers.ts';
import { runCommandTimers, timeOutDue } from './command-timers.ts';

const due = (id: string, state = 'delivered'): DueCommand => ({
  ...{ command_id: id, version: 3, state },
  ...{ due_us: '900', now_us: '1000' },
});

/** Nobody says anything. */
const listen = () => ({ close: async () => undefined });

/** Nothing waits in the log. */
const answers = answersIn({ log: { positions: async () => [] }, checkpoints: { position: async () => 0n } });

it('times out what is due, under an id that is the same in every process, and goes on when the database is back', async () => {
  const stop = new AbortController();
  const looks: (() => readonly DueCommand[])[] = [
    () => [due('a'), due('b')],
    () => {
      throw new TransientFailure('away', 'the database is away');
    },
    () => [due('c')],
  ];
  const issued: string[] = [];
  const issue: Issue = async ({ name, stream, data }, { id }) => {
    issued.push(`${name} ${stream} ${(data as { readonly nowUs: number }).nowUs} ${id}`);
    return { outcome: 'done', how: 'recorded' };
  };
  const reads = {
    due: async () => {
      const look = looks.shift();
      if (look !== undefined) return look();
      stop.abort();
      return [];
    },
    anyOpen: async () => true,
    forgetEnded: () => assert.fail('nothing ended long ago'),
  };
  await runCommandTimers({ reads, answers, issue, listen, logger: silentLogger, everyMs: 1 }, stop.signal);
  assert.deepEqual(issued, [
    'device.time-out-command command-a 1000 time-out/a/3',
    'device.time-out-command command-b 1000 time-out/b/3',
    'device.time-out-command command-c 1000 time-out/c/3',
  ]);
});

it('leaves a command alone that was answered meanwhile', async () => {
  const stop = new AbortController();
  const reads = {
    due: async () => {
      if (stop.signal.aborted) return [];
      return [due('a')];
    },
    anyOpen: async () => true,
    forgetEnded: async () => undefined,
  };
  const issue: Issue = async () => {
    stop.abort();
    return { outcome: 'refused', code: 'not-now', reason: 'Its time is not over.' };
  };
  await runCommandTimers({ reads, answers, issue, listen, logger: silentLogger, everyMs: 1 }, stop.signal);
  assert.ok(stop.signal.aborted);
});

it('looks again when it hears of a command, and rests as long as none is open', async () => {
  const stop = new AbortController();
  let hear = (): void => assert.fail('nobody listens');
  const channel = (listened: ListenedChannel): Listening => {
    hear = () => listened.hear('node-1');
    listened.begun();
    return { close: async () => undefined };
  };
  let looks = 0;
  let rows: readonly DueCommand[] = [];
  const reads = {
    due: async () => {
      looks += 1;
      return rows;
    },
    // A command comes between the look and the rest.
    anyOpen: async () => {
      if (looks < 3) hear();
      else rows = [due('a')];
      if (looks === 3) hear();
      return false;
    },
    forgetEnded: async () => undefined,
  };
  const issue: Issue = async () => {
    stop.abort();
    return { outcome: 'done', how: 'recorded' };
  };
  await runCommandTimers({ reads, answers, issue, listen: channel, logger: silentLogger }, stop.signal);
  assert.equal(looks, 4);
});

it('takes no answer for decided on before the reaction to answers has begun', async () => {
  const log = { positions: async () => [{ partition: 0, first: 0n, next: 1n }] };
  let begun = false;
  const position = async (consumer: ConsumerId): Promise<bigint> => {
    if (!begun) throw new ConsumerGone(consumer);
    return 1n;
  };
  const early = answersIn({ log, checkpoints: { position } });
  assert.equal(await early.areDecided(await early.until()), false);
  begun = true;
  assert.equal(await early.areDecided(await early.until()), true);
});

it('times out no command that was sent while answers that may be its own wait in the log', async () => {
  let [next, position, nowUs] = [7n, 5n, 1000];
  const log = { positions: async () => [{ partition: 0, first: 0n, next }] };
  const waiting = answersIn({ log, checkpoints: { position: async () => position } });
  const issued: string[] = [];
  const issue: Issue = async ({ stream }) => {
    issued.push(stream);
    return { outcome: 'done', how: 'recorded' };
  };
  const rows = [due('sent', 'sent'), due('never-sent', 'accepted')];
  const reads = {
    due: async () => rows.map((row) => ({ ...row, now_us: `${nowUs}` })),
  };
  const first = await timeOutDue({ reads, answers: waiting, issue });
  assert.deepEqual(issued.splice(0), ['command-never-sent']);
  assert.equal(first.awaited?.atUs, 1000);

  // More answers come, and it waits for those alone that were there.
  [next, position, nowUs] = [20n, 7n, 2000];
  rows.splice(1, 1, { ...due('later'), due_us: '1500' });
  const second = await timeOutDue({ reads, answers: waiting, issue }, first.awaited);
  assert.deepEqual(issued.splice(0), ['command-sent']);
  assert.equal(second.awaited, undefined);

  const third = await timeOutDue({ reads, answers: waiting, issue }, second.awaited);
  assert.deepEqual([issued, third.timedOut, third.awaited?.atUs], [[], 0, 2000]);
});
