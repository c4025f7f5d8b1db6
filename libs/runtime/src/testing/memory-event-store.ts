/** The event store in memory: what the real one promises and nothing else, for tests and for the seeded simulation. */
import type { KeyedRequest, StreamId, Topic } from '@plenum/event';
import { type InlineProjection, inlineStatements, type Sql } from '@plenum/read-model';
import { decisionOf } from '../commands/decision-headers.ts';
import { decodeStream, placeOfStream } from '../commands/decode-stream.ts';
import {
  type Answer,
  type Append,
  type Appended,
  checkNumbers,
  type EventStore,
  type LoadedStream,
  organisationOf,
  plainEvents,
  type Reservation,
  type ReservationChange,
} from '../commands/event-store.ts';
import type { RelayedRecord, RestoreHow, StreamRestore } from '../commands/rebuild-streams.ts';
import type { CheckpointStore } from '../consumer/checkpoint-store.ts';
import { outboxRelay } from '../consumer/outbox-relay.ts';
import { partitionsOf } from '../consumer/partitions.ts';
import type { EventCodec } from '../event-codec.ts';
import type { LogRecord, NewRecord } from '../log.ts';
import { memoryCheckpointStore } from './memory-checkpoint-store.ts';
import { type MemoryLog, type MemoryLogOptions, memoryLog } from './memory-log.ts';

export type MemoryEventStoreParts = {
  /** Those that hold decisions. */
  readonly topics: readonly Pick<Topic, 'name' | 'partitions'>[];
  readonly codec: EventCodec;
  /** Written with every decision. */
  readonly inline?: readonly InlineProjection[];
  /** A transaction of whatever the inline projections are in. There is no database in memory: without it, asking one fails. */
  readonly transact?: (work: (sql: Sql) => Promise<void>) => Promise<void>;
  /** Events that one `load` answers with. */
  readonly pageMax?: number;
  /** Of the store's log. */
  readonly log?: Pick<MemoryLogOptions, 'batchRecordsMax' | 'pause'>;
};

export type MemoryEventStore = EventStore &
  StreamRestore & {
    readonly source: MemoryLog;
    /** With the rows of the outbox relay. */
    readonly checkpoints: CheckpointStore;
    /** Every stream as it is kept, by name. */
    streams(): ReadonlyMap<StreamId, readonly NewRecord[]>;
    /** What every command led to, by its id. */
    answers(): ReadonlyMap<string, Answer>;
    /** The names that are held, by name. */
    reservations(): readonly Reservation[];
  };

export const memoryEventStore = (parts: MemoryEventStoreParts): MemoryEventStore => {
  const { topics, codec, inline = [], transact = noDatabase, pageMax = 100 } = parts;
  const source = memoryLog(topics, parts.log);
  const streams = new Map<StreamId, readonly NewRecord[]>();
  const answers = new Map<string, Answer>();
  const requests = new Map<string, KeyedRequest>();
  const holders = new Map<string, StreamId>();
  const organisations = new Map<StreamId, string>();
  const versionOf = (stream: StreamId): number => streams.get(stream)?.length ?? 0;

  const isOther = ({ key, fingerprint }: KeyedRequest): boolean => {
    const there = requests.get(key);
    return there !== undefined && Buffer.compare(there.fingerprint, fingerprint) !== 0;
  };
  const remember = (request: KeyedRequest): void => {
    if (!requests.has(request.key)) requests.set(request.key, request);
  };

  /** Whether somebody else has it. */
  const isHeld = ({ name, from, to }: ReservationChange): boolean => {
    const holder = holders.get(name);
    return to !== undefined && holder !== undefined && holder !== from && holder !== to;
  };
  const changeHands = ({ name, from, to }: ReservationChange): void => {
    if (to !== undefined) holders.set(name, to);
    else if (holders.get(name) === from) holders.delete(name);
  };
  const writeInline = async (streamsAdded: Append['streams']): Promise<void> => {
    if (inline.length === 0) return;
    await transact(async (sql) => {
      const statements = inlineStatements(inline, streamsAdded.flatMap(plainEvents));
      for (const { text, parameters } of statements) await sql(text, parameters);
    });
  };

  const appendNow = async (append: Append): Promise<Appended> => {
    const { commandId, streams: asked, reservations = [], request, alongside } = append;
    checkNumbers(append);
    if (request !== undefined && isOther(request)) return { outcome: 'key-used' };
    const answer = answers.get(commandId);
    if (answer !== undefined) return { outcome: 'known', answer };
    for (const { stream, expectedVersion } of asked) {
      const version = versionOf(stream);
      if (version !== expectedVersion) return { outcome: 'conflict', stream, version };
    }
    const added = asked
      .filter(({ events }) => events.length > 0)
      .map(({ stream, events }) => ({ stream, records: events.map(codec.encode) }));
    for (const { stream, records } of added) placeOfStream(stream, [...(streams.get(stream) ?? []), ...records]);
    const owned = asked.flatMap((one) => {
      const organisation = organisationOf(one);
      return organisation === undefined ? [] : [[one.stream, organisation] as const];
    });
    for (const [stream, organisation] of owned) {
      const before = organisations.get(stream) ?? organisation;
      if (before !== organisation) throw new Error(`${stream} belongs to ${before} and not to ${organisation}`);
    }
    const taken = reservations.find(isHeld);
    if (taken !== undefined) return { outcome: 'reserved', name: taken.name };
    if (alongside !== undefined) await transact(alongside);
    await writeInline(asked);

    for (const [stream, organisation] of owned) organisations.set(stream, organisation);
    for (const change of reservations) changeHands(change);
    for (const { stream, records } of added) streams.set(stream, [...(streams.get(stream) ?? []), ...records]);
    const recorded = answerOf(
      commandId,
      added.map(({ stream }) => ({ stream, version: versionOf(stream) })),
    );
    answers.set(commandId, recorded);
    if (request !== undefined) remember(request);
    await source.append(added.flatMap(({ records }) => records));
    return { outcome: 'appended', answer: recorded };
  };

  const restoreNow = async (batches: AsyncIterable<readonly RelayedRecord[]>, how: RestoreHow) => {
    if (streams.size > 0 && !how.replace) throw new Error('the store is not empty');
    const found = await streamsIn(batches);
    streams.clear();
    answers.clear();
    holders.clear();
    organisations.clear();
    for (const [stream, organisation] of found.organisations) organisations.set(stream, organisation);
    for (const { name, stream } of how.reservations?.() ?? []) holders.set(name, stream);
    for (const [stream, records] of found.streams) streams.set(stream, records);
    for (const [commandId, versions] of found.commands) {
      answers.set(
        commandId,
        answerOf(
          commandId,
          [...versions].map(([stream, version]) => ({ stream, version })),
        ),
      );
    }
    const events = [...streams.values()].reduce((sum, { length }) => sum + length, 0);
    return { streams: streams.size, events, commands: answers.size, reservations: holders.size };
  };

  // One at a time, as the locks of a database would have it.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  const load = async (stream: StreamId, after = 0): Promise<LoadedStream> => {
    // All at one instant, as a statement of a database reads it: another append may come while it is decoded.
    const at = { version: versionOf(stream), organisation: organisations.get(stream) };
    const page = (streams.get(stream) ?? []).slice(after, after + pageMax);
    const records = page.map((record, index): LogRecord => ({ ...record, offset: BigInt(after + index) }));
    return { ...at, events: await decodeStream(codec, stream, records) };
  };

  return {
    load,
    loadAll: (asked) => Promise.all(asked.map((stream) => load(stream))),
    answered: async (commandId) => answers.get(commandId),
    append: (asked) => inTurn(() => appendNow(asked)),
    askedUnder: async (key) => requests.get(key),
    rememberRequest: (request) => inTurn(async () => remember(request)),
    restore: (batches, how = { replace: false }) => inTurn(() => restoreNow(batches, how)),
    source,
    checkpoints: preparedCheckpoints(topics),
    streams: () => streams,
    answers: () => answers,
    reservations: () =>
      [...holders].map(([name, stream]) => ({ name, stream })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
};

const noDatabase = (work: (sql: Sql) => Promise<void>): Promise<void> =>
  work(async () => {
    throw new Error('there is no database here');
  });

const answerOf = (commandId: string, streams: Answer['streams']): Answer => ({
  commandId,
  streams: [...streams].sort((a, b) => (a.stream < b.stream ? -1 : 1)),
});

const streamsIn = async (batches: AsyncIterable<readonly RelayedRecord[]>) => {
  const streams = new Map<StreamId, NewRecord[]>();
  const commands = new Map<string, Map<StreamId, number>>();
  const organisations = new Map<StreamId, string>();
  for await (const batch of batches) {
    for (const { offset: _, ...record } of batch) {
      const decision = decisionOf(record.headers);
      if (decision === undefined || decision === 'unreadable') throw new Error(`${record.key} is no decision`);
      const { stream, version, organisation, commandId } = decision;
      const records = streams.getOrInsertComputed(stream, () => []);
      if (organisations.getOrInsert(stream, organisation) !== organisation) {
        throw new Error(`${stream} is of two organisations in the log`);
      }
      const there = records[version - 1];
      if (there !== undefined && there.headers.ce_id !== record.headers.ce_id) {
        throw new Error(`two events claim to be version ${version} of ${stream}`);
      }
      if (there !== undefined) continue;
      if (version !== records.length + 1) throw new Error(`${stream} has a hole before version ${version}`);
      records.push({ ...record, value: Uint8Array.from(record.value) });
      commands.getOrInsertComputed(commandId, () => new Map()).set(stream, version);
    }
  }
  return { streams, commands, organisations };
};

/** In memory the rows are there as soon as they are asked for: nothing is waited for on the way. */
const preparedCheckpoints = (topics: MemoryEventStoreParts['topics']): CheckpointStore => {
  const checkpoints = memoryCheckpointStore();
  const names = topics.map(({ name }) => name);
  void checkpoints.prepare(outboxRelay, partitionsOf(outboxRelay, names, topics));
  return checkpoints;
};
