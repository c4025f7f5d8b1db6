/**
 * The part of the simulated system that decides: a reaction in several replicas, the store that its commands are decided on,
 * and the outbox relays that bring what was decided into the log. They are killed, frozen with a command on its way, and
 * repeated; every event is answered all the same by exactly one command of each kind.
 */

import { topics as catalogued } from '@plenum/catalogue';
import { NodeRegistered, nodesTopic } from '@plenum/ceiling';
import { type Command, defineReaction, isEvent, kindOf, reactionCommandId } from '@plenum/event';
import { stateOf } from '../commands/state-of.ts';
import type { Issue } from '../consumer/issue.ts';
import { issueTo } from '../consumer/issue-to.ts';
import { outboxLag, runOutboxRelay } from '../consumer/outbox-relay.ts';
import { groupOf } from '../consumer/partitions.ts';
import { reactionProgress } from '../consumer/reaction-progress.ts';
import { consumerOfReaction, runReaction } from '../consumer/run-reaction.ts';
import { TransientFailure } from '../errors.ts';
import type { EventCodec } from '../event-codec.ts';
import type { Chance } from './chance.ts';
import { deciding } from './event-store-contract-append.ts';
import { memoryCheckpointStore } from './memory-checkpoint-store.ts';
import { type MemoryEventStore, memoryEventStore } from './memory-event-store.ts';
import type { MemoryLog } from './memory-log.ts';
import { purseCommand, purseRules, purseStream, pursesTopic } from './sample-purses.ts';
import { silentLogger } from './silent-logger.ts';

/**
 * Every node that registers gets a coin, into a purse that is opened for the first. The purse then wants one of a few
 * labels, which others want too, and gives back the one that it had.
 */
const rewardNodes = defineReaction({
  name: 'reward-nodes',
  about: 'For tests.',
  topics: [nodesTopic.name],
  react: (event) => {
    if (!isEvent(NodeRegistered, event)) return [];
    const purse = event.data.node_id;
    return [
      purseCommand({ do: 'open', purse }),
      purseCommand({ do: 'put', purse, cents: 1 }),
      purseCommand({
        do: 'label',
        purse,
        label: labels[Number.parseInt(event.id.slice(-1), 16) % labels.length] ?? '',
      }),
    ];
  },
});
const consumer = consumerOfReaction(rewardNodes);
/** Fewer than nodes. */
const labels = ['red', 'green', ''];

/** What is decided here, and relayed. */
const decided = [pursesTopic, ...catalogued.filter(({ holds }) => holds === 'decisions')];

export type SimulatedReactors = {
  /** Decides what a client asks for. Whatever comes of it, nobody hears of it. */
  decide(command: Command, id: string): Promise<void>;
  /** Kills a reactor or a relay, which begins again. */
  killOne(): void;
  /** Wakes those that are frozen. */
  thaw(): void;
  /** Whether everything in the log is answered, and the answers are in the log. */
  isDone(): Promise<boolean>;
  /** @throws what one of them could not go on for. */
  check(): void;
  stop(): Promise<void>;
  /** Commands that were refused, because another purse has the label. */
  clashes(): number;
  /** What ought to hold at the end and does not, in words. */
  findings(): Promise<readonly string[]>;
};

export type SimulatedReactorsParts = {
  readonly log: MemoryLog;
  readonly codec: EventCodec;
  readonly chance: Chance;
  readonly strikes: (fault: 'commit' | 'slow', share: number) => boolean;
};

export const simulatedReactors = ({ log, codec, chance, strikes }: SimulatedReactorsParts): SimulatedReactors => {
  const topics = [nodesTopic, ...decided];
  const store = memoryEventStore({ topics: decided, codec, transact: async () => undefined });
  const checkpoints = memoryCheckpointStore({
    atCommit: () => (strikes('commit', 0.05) ? chance.pick(['before', 'after']) : 'none'),
  });
  const frozen: (() => void)[] = [];
  const decide = issueTo(deciding(store));
  const issue: Issue = async (command, by) => {
    if (strikes('slow', 0.05)) await new Promise<void>((resolve) => frozen.push(resolve));
    const issued = await decide(command, by);
    if (strikes('commit', 0.05)) throw new TransientFailure('08006', 'the answer was lost');
    return issued;
  };
  const shared = { logger: silentLogger, pause: nextTurn };
  const relay = { ...shared, source: store.source, checkpoints: store.checkpoints, log, topics: decided };
  const progress = reactionProgress();
  const answering = { ...shared, reaction: rewardNodes, issue, log, checkpoints, codec, topics };
  const reaction = { ...answering, recordsMax: 5, progress };
  const kinds = [
    (stop: AbortSignal) => runReaction(reaction, stop),
    (stop: AbortSignal) => runOutboxRelay(relay, stop),
  ];
  let failure: unknown;
  const left: Promise<void>[] = [];
  const start = (run: (typeof kinds)[number]) => {
    const stopping = new AbortController();
    const done = run(stopping.signal).catch((error: unknown) => {
      failure ??= error;
    });
    left.push(done);
    return { run, stopping };
  };
  let members = [...kinds, ...kinds.slice(0, 1)].map(start);
  const thaw = (): void => {
    for (const wake of frozen.splice(0)) wake();
  };
  const isRelayed = async (): Promise<boolean> =>
    (await outboxLag({ source: store.source, checkpoints: store.checkpoints, topics: decided })).every(
      ({ records }) => records === 0n,
    );
  const check = (): void => {
    if (failure !== undefined) throw failure;
  };
  const registered = () => eventsIn(log, codec);

  return {
    decide: async (command, id) => void (await decide(command, { id, trace: {}, reaction: 'nobody' })),
    killOne: () => {
      const [first, ...rest] = members;
      if (first === undefined) return;
      // Its partitions go to others at once; what it was doing it does to the end, as one that was frozen.
      first.stopping.abort();
      members = [...rest, start(first.run)];
      if (chance.happens(0.5)) log.movePartitions(groupOf(consumer));
      if (chance.happens(0.3)) thaw();
    },
    thaw,
    isDone: async () => {
      for (const { partition, next } of await log.positions(nodesTopic.name)) {
        const at = { topic: nodesTopic.name, partition };
        // Before the first of them has prepared it, nothing is read.
        if ((await checkpoints.position(consumer, at).catch(() => -1n)) !== next) return false;
      }
      return isRelayed();
    },
    check,
    stop: async () => {
      thaw();
      for (const { stopping } of members) stopping.abort();
      await Promise.all(left);
      check();
    },
    clashes: () => progress.commands.refused,
    findings: async () => {
      const wrong: string[] = [];
      const events = await registered();
      const ids = new Set(
        [...events].map(([id, node]) => reactionCommandId(rewardNodes, { id }, { stream: purseStream(node) })),
      );
      const answers = [...store.answers().keys()].filter((wholeId) => wholeId.startsWith('test.put ')).map(givenId);
      for (const id of answers) if (!ids.has(id)) wrong.push(`${id} answers nothing that is in the log`);
      if (answers.length !== ids.size) wrong.push(`${answers.length} commands answer ${ids.size} events`);
      for (const [node, count] of Map.groupBy(events.values(), (one) => one)) {
        const { state } = await stateOf(store, purseRules, purseStream(node));
        if (state.cents !== count.length) wrong.push(`${node} has ${state.cents} coins for ${count.length} events`);
      }
      wrong.push(...(await wrongLabels(store)));
      const { read, applied, duplicates, notForIt, parked } = checkpoints.counters(consumer);
      if (read !== applied + duplicates + notForIt + parked) wrong.push('the counters of the reaction do not balance');
      return wrong;
    },
  };
};

/** Whether the names that are held are those that the purses' states hold, each by one. */
const wrongLabels = async (store: MemoryEventStore): Promise<readonly string[]> => {
  const held: string[] = [];
  for (const stream of store.streams().keys()) {
    if (kindOf(stream) !== kindOf(purseStream(''))) continue;
    const { state } = await stateOf(store, purseRules, stream);
    held.push(...(purseRules.reserves?.(state) ?? []).map((name) => `${name} by ${stream}`));
  }
  const reserved = store
    .reservations()
    .filter(({ stream }) => kindOf(stream) === kindOf(purseStream('')))
    .map(({ name, stream }) => `${name} by ${stream}`);
  const names = new Set(held.map((one) => one.split(' ')[0]));
  return [
    ...(names.size < held.length ? [`a label is held twice: ${held.join(', ')}`] : []),
    ...(held.sort().join() === reserved.sort().join()
      ? []
      : [`reserved is ${reserved.join(', ')}, and held ${held.join(', ')}`]),
  ];
};

/** The id that a command was issued under: the last part of what it is known by. */
const givenId = (wholeId: string): string => wholeId.slice(wholeId.lastIndexOf(' ') + 1);

/** The node of every registration in the log, by event id: a copy is the same event. */
const eventsIn = async (log: MemoryLog, codec: EventCodec): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const { partition, first, next } of await log.positions(nodesTopic.name)) {
    for await (const { records } of log.read({ topic: nodesTopic.name, partition, from: first, to: next })) {
      for (const record of records) {
        const decoded = codec.decode(record);
        if (decoded.outcome !== 'event' || !isEvent(NodeRegistered, decoded.event)) continue;
        found.set(decoded.event.id, decoded.event.data.node_id);
      }
    }
  }
  return found;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
