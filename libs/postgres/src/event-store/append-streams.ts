/** A command's events, with everything that has to be true at the same moment, in one transaction; those of several in one, too. */
import type { DecidedEvent } from '@plenum/event';
import { type InlineProjection, inlineStatements, type Notice } from '@plenum/read-model';
import {
  type Append,
  type Appended,
  checkNumbers,
  type EventCodec,
  organisationOf,
  placeOfStream,
  plainEvents,
  type StreamVersion,
} from '@plenum/runtime';
import pg from 'pg';
import type { TopicTable } from '../log/topics.ts';
import { inPipelinedTransaction } from '../pool.ts';
import { sqlOf } from '../sql.ts';
import { inOneTrip } from '../statements/one-trip.ts';
import { prepared } from '../statements/prepared.ts';
import {
  type Advanced,
  type AdvancedRow,
  type Asked,
  advancedOf,
  advanceQuery,
  notAllCode,
  type PreparedAppend,
  storeQuery,
  toLog,
} from './append-statements.ts';
import type { Notices } from './notices.ts';
import { KeyUsed, newKey, takeKey } from './requests.ts';
import { changeHands, NameHeld } from './reservations.ts';

export type AppendParts = {
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly topics: TopicTable;
  readonly inline: readonly InlineProjection[];
  readonly notices: Pick<Notices, 'add'>;
};

/** A command's events as they are stored, made before its transaction. @throws when they are not numbered as they are to follow. */
export const prepareAppend = ({ codec }: Pick<AppendParts, 'codec'>, append: Append): PreparedAppend => {
  const { commandId, streams } = append;
  checkNumbers(append);
  const asked = streams.map((one): Asked => {
    const records = one.events.map(codec.encode);
    return { ...one, records, place: placeOfStream(one.stream, records), organisation: organisationOf(one) };
  });
  if (asked.every(({ records }) => records.length === 0)) throw new Error(`command ${commandId} records nothing`);
  return { append, asked, plain: streams.flatMap(plainEvents) };
};

/** As the port's `append`. */
export const appendStreams = async (parts: AppendParts, one: PreparedAppend): Promise<Appended> => {
  try {
    return await inSteps(parts, one);
  } catch (error) {
    if (error instanceof Overtaken) return { outcome: 'conflict', ...error.at };
    if (error instanceof KeyUsed) return { outcome: 'key-used' };
    if (error instanceof NameHeld) return { outcome: 'reserved', name: error.heldName };
    throw error;
  }
};

/** `overtaken`: somebody else was first at a stream of this command, which so had no part in anything. */
export type AllAppended =
  | { readonly outcome: 'appended'; readonly all: readonly Appended[] }
  | ({ readonly outcome: 'overtaken'; readonly commandId: string } & StreamVersion);

/**
 * The same of several commands, no two of which are about one stream and none of which reserves a name or keeps something
 * alongside, when all of them can be recorded: in one packet, answered when it is committed. Locks are held for no way to and fro.
 * Otherwise nothing of any is recorded.
 * @throws when one of them cannot be recorded as it is here: each is to be recorded by itself. TransientFailure, as the port's `append`.
 */
export const appendAll = async (parts: AppendParts, appends: readonly PreparedAppend[]): Promise<AllAppended> => {
  const plain = appends.flatMap((one) => one.plain);
  const log = toLog(parts.topics, appends);
  const statements = [
    advanceQuery(appends, true),
    ...appends.flatMap(({ append: { request } }) => (request === undefined ? [] : [newKey(request)])),
    storeQuery(appends),
    ...inlineStatements(parts.inline, plain).map(({ text, parameters }) => prepared(text, [...parameters])),
    // Last, because it locks partitions that others wait for.
    log.query,
  ];
  try {
    const [advanced, ...others] = await inOneTrip(parts.pool, statements);
    notify(parts, plain, log.notices(others.at(-1)?.rows ?? []));
    return { outcome: 'appended', all: advancedOf(appends, 'appended', advanced?.rows ?? []) };
  } catch (error) {
    const overtaken = overtakenIn(error);
    if (overtaken === undefined) throw error;
    return { outcome: 'overtaken', ...overtaken };
  }
};

/** As the function of the store says it where all are asked for. */
const overtakenIn = (error: unknown): ({ readonly commandId: string } & StreamVersion) | undefined =>
  error instanceof pg.DatabaseError && error.code === notAllCode && error.detail !== undefined
    ? JSON.parse(error.detail)
    : undefined;

const notify = (parts: AppendParts, plain: readonly DecidedEvent[], reached: readonly Notice[]): void =>
  parts.notices.add([...reached, ...parts.inline.flatMap(({ notices }) => notices?.(plain) ?? [])]);

/** Step by step, so that whatever keeps it from being recorded is known. */
const inSteps = async (parts: AppendParts, one: PreparedAppend): Promise<Advanced> => {
  const { append, plain } = one;
  let reached: readonly Notice[] = [];
  const advanced = await inPipelinedTransaction(parts.pool, async (client, begun) => {
    await begun;
    const came = await advance(client, one);
    if (append.request !== undefined) await takeKey(client, append.request);
    if (came.outcome === 'known') return came;
    await changeHands(client, append.reservations ?? []);
    await append.alongside?.(sqlOf(client));
    const changes = inlineStatements(parts.inline, plain);
    const log = toLog(parts.topics, [one]);
    // All of it is on its way at once, and the server takes it in this order: each may read what those before it have written.
    const stored = [
      client.query(storeQuery([one])),
      ...changes.map(({ text, parameters }) => client.query(prepared(text, [...parameters]))),
    ];
    // Last, because it locks partitions that others wait for.
    const last = client.query<{ first_offsets: readonly string[] }>(log.query);
    await Promise.all([...stored, last]);
    reached = log.notices((await last).rows);
    return came;
  });
  if (advanced.outcome === 'appended') notify(parts, plain, reached);
  return advanced;
};

/** Undoes the transaction in which it is thrown: somebody else was first. */
class Overtaken extends Error {
  readonly at: StreamVersion;
  constructor(at: StreamVersion) {
    super('somebody else was first');
    this.name = 'Overtaken';
    this.at = at;
  }
}

/** @throws Overtaken */
const advance = async (client: pg.ClientBase, one: PreparedAppend): Promise<Advanced> => {
  const { rows } = await client.query<AdvancedRow>(advanceQuery([one], false));
  const [first] = rows;
  if (first === undefined) throw new Error('nothing was advanced');
  const { outcome, stream, version } = first;
  if (outcome === 'conflict') throw new Overtaken({ stream, version });
  const [advanced] = advancedOf([one], outcome, rows);
  if (advanced === undefined) throw new Error('a command got no answer');
  return advanced;
};
