/**
 * A reaction as a consumer: events in, commands out. A command's id derives from the event's, so what is issued again after a
 * crash is known and changes nothing. A refusal is an answer: it is counted, and the reaction goes on. A record that cannot be
 * decoded parks its key, as in a projection.
 */
import {
  type Command,
  type DecidedTables,
  type Event,
  type Reaction,
  reactionCommandId,
  type Topic,
  type Trace,
} from '@plenum/event';
import { decodeAll, type EventCodec, type Read } from '../event-codec.ts';
import type { Batch, Log } from '../log.ts';
import type { Patience, Pause } from '../patience.ts';
import type { Logger } from '../ports.ts';
import {
  type CheckpointStore,
  type CheckpointTransaction,
  type ConsumerId,
  noCounters,
  type Released,
} from './checkpoint-store.ts';
import { isParked, isReason, type Parking, parkedBefore, parkUndecodable, toParked } from './parking.ts';
import { partitionsOf } from './partitions.ts';
import { type ConsumerProgress, consumerProgress } from './progress.ts';
import type { ParkedAgain } from './retry-parked.ts';
import { type Handled, runConsumer } from './run-consumer.ts';

/** What goes with a command that a reaction issues. */
export type IssuedBy = {
  /** The command's. Asked again with the same id, nothing happens twice. */
  readonly id: string;
  /** The reaction's name: in whose name it is asked for. */
  readonly reaction: string;
  readonly trace: Trace;
};

export type Issued =
  /** `known`: it was recorded before. `unchanged`: what it asks for is so already. */
  | { readonly outcome: 'done'; readonly how: 'recorded' | 'known' | 'unchanged' }
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string };

/** Hands a command to its decider. @throws TransientFailure when nobody knows what came of it: it is asked again. */
export type Issue = (command: Command, by: IssuedBy) => Promise<Issued>;

export type RunReaction = {
  readonly reaction: Reaction;
  readonly issue: Issue;
  readonly log: Pick<Log, 'subscribe' | 'read'>;
  readonly checkpoints: CheckpointStore;
  /** What a reaction that looks something up may ask; only such a one needs it. */
  readonly tables?: DecidedTables | undefined;
  readonly codec: EventCodec;
  /** At least the topics that the reaction names, for their partitions. */
  readonly topics: readonly Pick<Topic, 'name' | 'partitions'>[];
  readonly logger: Logger;
  /** Records in one batch, at most. */
  readonly recordsMax?: number;
  readonly progress?: ReactionProgress;
  readonly pause?: Pause;
};

export type ReactionProgress = ConsumerProgress & {
  /** Commands by what came of them. What is issued again counts again, as a rule under `known`. */
  readonly commands: Record<'recorded' | 'known' | 'unchanged' | 'refused', number>;
};

export const reactionProgress = (): ReactionProgress => ({
  ...consumerProgress(),
  commands: { recorded: 0, known: 0, unchanged: 0, refused: 0 },
});

/** Under which name a reaction has its checkpoints. */
export const consumerOfReaction = ({ name }: Pick<Reaction, 'name'>): ConsumerId => ({
  name: `reaction-${name}`,
  version: 1,
  generation: 1,
});

/**
 * Answers every event of its topics, from the beginning of the log on, as one member of a group; several processes share the
 * partitions. Ends as `runConsumer`.
 */
export const runReaction = (given: RunReaction, stop: AbortSignal): Promise<void> => {
  const { reaction, log, checkpoints, logger, recordsMax = 500, pause } = given;
  const consumer = consumerOfReaction(reaction);
  const parts = { ...given, consumer, progress: given.progress ?? reactionProgress() };
  const partitions = partitionsOf(consumer, reaction.topics, given.topics);
  const handler = {
    prepare: async () => {
      await checkpoints.prepare(consumer, partitions);
      return { partitions: partitions.length };
    },
    handle: (batch: Batch, patient: Patience) => answerBatch(parts, batch, patient),
    retry: (parked: ParkedAgain) => answerParked(parts, parked),
  };
  return runConsumer(
    {
      ...{ consumer, kind: 'reaction', fields: { reaction: reaction.name }, log, topics: reaction.topics },
      ...{ checkpoints, handler, logger, recordsMax, progress: parts.progress, pause },
    },
    stop,
  );
};

type Answering = RunReaction & {
  readonly consumer: ConsumerId;
  readonly progress: ReactionProgress;
};

/**
 * Looks where the checkpoint is, issues, and moves it. Not in one transaction: commands have their own, and a
 * checkpoint's lock would be held for as long as they take. So a process that was frozen in between may issue what was
 * answered meanwhile; ids see to it that nothing is recorded twice.
 */
const answerBatch = async (parts: Answering, batch: Batch, patient: Patience): Promise<Handled | undefined> => {
  const { checkpoints, consumer, codec } = parts;
  const at = { topic: batch.topic, partition: batch.partition };
  const read = await decodeAll(codec, batch.records);
  const seen = await patient(() => checkpoints.transact(consumer, at, (tx) => look(tx, batch)));
  if (seen === undefined) return undefined;
  const { next, parked, parking } = seen;
  if (batch.fetchedOffset > next || batch.nextOffset <= next) return { next, read: 0, newlyParked: [] };

  const items = read.filter(({ record }) => record.offset >= next);
  parkUndecodable(parking, items);
  const counts = { applied: 0, duplicates: 0, notForIt: 0 };
  for (const { record, known } of items) {
    if (known.outcome !== 'event' || isParked(parking, record)) continue;
    const came = await answer(parts, known.event, patient);
    if (came === undefined) return undefined;
    counts[came] += 1;
  }
  return patient(() =>
    checkpoints.transact(consumer, at, (tx) => note(tx, { batch, since: { next, parked }, items, parking, counts })),
  );
};

const look = async (tx: CheckpointTransaction, batch: Batch) => ({
  next: tx.checkpoint.next,
  parked: tx.checkpoint.counters.parked,
  parking: await parkedBefore(tx, batch.records),
});

type Answered = {
  readonly batch: Batch;
  /** The checkpoint as it was when it was looked which keys are parked. */
  readonly since: { readonly next: bigint; readonly parked: number };
  readonly items: readonly Read[];
  readonly parking: Parking;
  readonly counts: Released;
};

const note = async (
  tx: CheckpointTransaction,
  { batch, since, items, parking, counts }: Answered,
): Promise<Handled> => {
  const { next, counters } = tx.checkpoint;
  // Somebody else was here, or released a key that was taken for parked: read again from where it is now.
  if (next !== since.next || counters.parked !== since.parked) return { next, read: 0, newlyParked: [] };
  const parked = items.filter(({ record }) => isParked(parking, record)).map((item) => toParked(parking, item));
  if (parked.length > 0) await tx.park(parked);
  await tx.advance(batch.nextOffset, { ...noCounters, ...counts, read: items.length, parked: parked.length });
  return { next: batch.nextOffset, read: items.length, newlyParked: parked.filter(isReason) };
};

/** What an event comes to: nothing to answer, answered before, or answered now. `undefined` when stopped meanwhile. */
const answer = async (
  parts: Omit<Answering, 'consumer'>,
  event: Event,
  patient: Patience,
): Promise<keyof Released | undefined> => {
  const { reaction, issue, logger, progress } = parts;
  const commands = await patient(() => commandsFor(parts, event));
  if (commands === undefined) return undefined;
  let isKnown = commands.length > 0;
  for (const [id, command] of commands) {
    const issued = await patient(() => issue(command, { id, reaction: reaction.name, trace: traceOf(event) }));
    if (issued === undefined) return undefined;
    progress.commands[issued.outcome === 'refused' ? 'refused' : issued.how] += 1;
    isKnown &&= issued.outcome === 'done' && issued.how === 'known';
    if (issued.outcome === 'refused') {
      const { code, reason } = issued;
      logger.warn({ reaction: reaction.name, command: id, code, reason }, 'a command of a reaction was refused');
    }
  }
  if (commands.length === 0) return 'notForIt';
  return isKnown ? 'duplicates' : 'applied';
};

/** With the id of each. @throws when two of them could not be distinguished. */
const commandsFor = async (
  { reaction, tables }: Pick<Answering, 'reaction' | 'tables'>,
  event: Event,
): Promise<readonly (readonly [id: string, command: Command])[]> => {
  const commands = reaction.react(event, await lookedUp({ reaction, tables }, event));
  const apart = new Set(commands.map(({ name, stream }) => `${name} ${stream}`));
  if (apart.size < commands.length) {
    throw new Error(`${reaction.name} asks one thing of one stream twice, for event ${event.id}`);
  }
  return commands.map((command) => [reactionCommandId(reaction, event, command), command]);
};

const lookedUp = async (
  { reaction, tables }: Pick<Answering, 'reaction' | 'tables'>,
  event: Event,
): Promise<unknown> => {
  if (reaction.lookUp === undefined) return undefined;
  if (tables === undefined) throw new Error(`${reaction.name} looks something up, and was given no tables`);
  return reaction.lookUp(event, tables);
};

/** The answer belongs to what the event belongs to, and the event is its cause. */
const traceOf = ({ id, trace }: Event): Trace => ({
  ...trace,
  correlationId: trace?.correlationId ?? id,
  causationId: id,
});

/** Up to the first record that still cannot be decoded. */
const answerParked = async (parts: Answering, { at, key, records }: ParkedAgain): Promise<number> => {
  const read = await decodeAll(parts.codec, records);
  const counts = { applied: 0, duplicates: 0, notForIt: 0 };
  let last: bigint | undefined;
  let released = 0;
  for (const { record, known } of read) {
    if (known.outcome !== 'event') break;
    // Transient failures are waited out by the caller, which tries again; the ids make that harmless.
    const came = await answer(parts, known.event, (work) => work());
    if (came !== undefined) counts[came] += 1;
    last = record.offset;
    released += 1;
  }
  const through = last;
  if (through === undefined) return 0;
  await parts.checkpoints.transact(parts.consumer, at, (tx) => tx.release(key, through, counts));
  return released;
};
