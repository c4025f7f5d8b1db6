/** Where commands are decided in a schedule: a store in memory with its table of open commands, its log, and what reacts to it. */
import { reactions as allReactions, topics as catalogued, events } from '@plenum/catalogue';
import { responsesTopic } from '@plenum/ceiling';
import { device } from '@plenum/device';
import { commandEvents } from '@plenum/device/testing';
import { type DecidedEvent, type DecidedTables, isEvent } from '@plenum/event';
import { quarantineTopic } from '@plenum/quarantine';
import {
  consumerOfReaction,
  type EventStore,
  type Issue,
  issueTo,
  type Log,
  outboxLag,
  runOutboxRelay,
  runReaction,
  TransientFailure,
} from '@plenum/runtime';
import { jsonCodec, memoryCheckpointStore, memoryEventStore, memoryLog, silentLogger } from '@plenum/runtime/testing';
import { answersIn } from '../../../apps/reactor/src/answers.ts';
import { memoryOpenCommands } from './memory-open-commands.ts';
import type { Chance } from './simulated-nodes.ts';
import { nextTurn, type SimulatedTime } from './simulated-time.ts';

export const codec = jsonCodec(events);
const decided = catalogued.filter(({ holds }) => holds === 'decisions');
const topics = [responsesTopic, quarantineTopic, ...decided];
const reactions = allReactions.filter(({ name }) => device.reactions?.some((own) => own.name === name));

export type DecisionsParts = {
  readonly time: SimulatedTime;
  readonly chance: Chance;
  readonly strikes: (share: number) => boolean;
  /** A command to a node is there. */
  readonly notify: (nodeId: string) => void;
};

export type DecisionsInMemory = ReturnType<typeof decisionsInMemory>;

/** The store, with the table of open commands beside it. */
const watchedStore = ({ time, notify }: DecisionsParts) => {
  const kept = memoryEventStore({ topics: decided, codec, transact: async () => undefined });
  const open = memoryOpenCommands(time.nowUs);
  const wrong: string[] = [];
  const takenBack = new Set<string>();
  const apply = (event: DecidedEvent): void => {
    open.apply(event);
    if (isEvent(commandEvents.CommandCancelled, event)) takenBack.add(event.data.command_id);
    if (!isEvent(commandEvents.CommandRequested, event)) return;
    const { command_id, node_id, parent } = event.data;
    if (takenBack.has(parent ?? '')) wrong.push(`${command_id} was made after ${parent} was taken back`);
    if (node_id !== undefined) notify(node_id);
  };
  const store: EventStore = {
    ...kept,
    append: async (asked) => {
      const done = await kept.append(asked);
      if (done.outcome === 'appended') for (const event of asked.streams.flatMap((one) => one.events)) apply(event);
      return done;
    },
  };
  return { kept, open, wrong, store };
};

/** Who decides with a clock that is wrong by so much; asked again as long as the answer is lost. */
const decidingIn =
  (store: EventStore, { time, chance, strikes }: DecisionsParts) =>
  (wrongByUs: number) => {
    const random = { bytes16: () => Uint8Array.from({ length: 16 }, () => chance.below(256)) };
    const parts = { store, random, clock: { nowUs: () => time.nowUs() + wrongByUs } };
    const decide = issueTo(parts);
    const issue: Issue = async (command, by) => {
      for (;;) {
        for (let turns = chance.below(4); turns > 0; turns -= 1) await nextTurn();
        if (strikes(0.02)) continue;
        const issued = await decide(command, by).catch((error: unknown) => {
          if (!(error instanceof TransientFailure)) throw error;
        });
        if (issued !== undefined && !strikes(0.02)) return issued;
      }
    };
    return { parts, issue };
  };

/** Programs that run until they are stopped; who is killed begins again. */
const keptGoing = (kinds: readonly ((stop: AbortSignal) => Promise<void>)[]) => {
  let failure: unknown;
  const left: Promise<void>[] = [];
  const start = (run: (typeof kinds)[number]) => {
    const stopping = new AbortController();
    left.push(
      run(stopping.signal).catch((error: unknown) => {
        failure ??= error;
      }),
    );
    return { run, stopping };
  };
  let members = kinds.map(start);
  return {
    killOne: (): void => {
      const [first, ...rest] = members;
      if (first === undefined) return;
      first.stopping.abort();
      members = [...rest, start(first.run)];
    },
    check: (): void => {
      if (failure !== undefined) throw failure;
    },
    stop: async (): Promise<void> => {
      for (const { stopping } of members) stopping.abort();
      await Promise.all(left);
    },
  };
};

export const decisionsInMemory = (parts: DecisionsParts) => {
  const { chance, strikes, time } = parts;
  const { kept, open, wrong, store } = watchedStore(parts);
  const deciding = decidingIn(store, parts);
  const log: Log = memoryLog(topics, {
    onAppend: () => (strikes(0.05) ? chance.pick(['refused', 'answer-lost']) : 'stored'),
    batchRecordsMax: () => 1 + chance.below(5),
    pause: nextTurn,
  });
  const checkpoints = memoryCheckpointStore({
    atCommit: () => (strikes(0.03) ? chance.pick(['before', 'after']) : 'none'),
  });
  /** What the reactions look up. */
  const tables = (async (text: string, [parent]: readonly unknown[] = []) =>
    text.includes('open_command')
      ? (await open.reads.unsentOf(String(parent))).map((command_id) => ({ command_id }))
      : [{ now_us: `${time.nowUs()}` }]) as DecidedTables;
  const { issue } = deciding(0);
  const shared = { logger: silentLogger, pause: nextTurn };
  const relay = { ...shared, source: kept.source, checkpoints: kept.checkpoints, log, topics: decided };
  const answering = { ...shared, issue, log, checkpoints, codec, topics, tables, recordsMax: 5 };
  const kinds = [
    (stop: AbortSignal) => runOutboxRelay(relay, stop),
    ...reactions.map((reaction) => (stop: AbortSignal) => runReaction({ ...answering, reaction }, stop)),
  ];
  const members = keptGoing(kinds);
  const isRead = async (): Promise<boolean> => {
    for (const reaction of reactions) {
      const consumer = consumerOfReaction(reaction);
      for (const topic of reaction.topics) {
        for (const { partition, next } of await log.positions(topic)) {
          const at = await checkpoints.position(consumer, { topic, partition }).catch(() => -1n);
          if (at !== next) return false;
        }
      }
    }
    return true;
  };
  return {
    ...{ log, open, store: kept, deciding, answers: answersIn({ log, checkpoints }) },
    /** What must not have been decided, in words. */
    wrong: (): readonly string[] => wrong,
    /** Kills a reaction or the relay, which begins again. */
    killOne: members.killOne,
    isDone: async (): Promise<boolean> => {
      const lag = await outboxLag({ source: kept.source, checkpoints: kept.checkpoints, topics: decided });
      return lag.every(({ records }) => records === 0n) && (await isRead());
    },
    check: members.check,
    stop: members.stop,
  };
};
