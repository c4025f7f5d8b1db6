/**
 * Decisions that are taken at the same time share their round trips: streams are loaded with one question, and what was decided is
 * recorded in one packet and one transaction, with one wait for the disk. Where somebody else was faster at one of them, the others are
 * tried again without it; where one of them cannot be recorded for another reason, each is recorded by itself.
 */
import { type Append, type Appended, type EventStore, gatherCalls, TransientFailure } from '@plenum/runtime';
import type { PreparedAppend } from './append-statements.ts';
import { type AppendParts, appendAll, appendStreams, prepareAppend } from './append-streams.ts';
import { askForStreams } from './load-stream.ts';

/** All of them write to the same few partitions of the outbox, whose locks are held until the disk has answered: two would not go faster. */
const appendsAtATime = 1;
const commandsMax = 100;
/** A command for thousands of nodes keeps nobody else waiting. */
const streamsMax = 250;
/** While the database works at one, the next is gathered. */
const loadsAtATime = 2;
const loadsMax = 200;

/** As the port's, for concurrent callers. */
export const togetherWith = (parts: AppendParts): Pick<EventStore, 'append' | 'load'> => {
  const append = gatherCalls({
    carry: (prepared: readonly PreparedAppend[]) => record(parts, prepared),
    ...{ atATime: appendsAtATime, callsMax: commandsMax, mayJoin },
  });
  const load = gatherCalls({
    carry: (streams: readonly string[]) => askForStreams(parts.pool, parts.codec, streams),
    ...{ atATime: loadsAtATime, callsMax: loadsMax },
  });
  return {
    append: async (asked) => {
      const prepared = prepareAppend(parts, asked);
      // Nobody waits for one that is large, nor for what it keeps alongside.
      const settled = isSmall(asked) ? await append(prepared) : () => appendStreams(parts, prepared);
      return settled();
    },
    load: async (stream) => (await load(stream))(),
  };
};

const isSmall = ({ streams, reservations = [], alongside }: Append): boolean =>
  streams.length <= streamsMax && reservations.length === 0 && alongside === undefined;

/** Not about a stream that one of the others is about: it would wait for what the transaction itself has locked. */
const mayJoin = ({ append }: PreparedAppend, others: readonly PreparedAppend[]): boolean =>
  !others.some((other) =>
    append.streams.some(({ stream }) => other.append.streams.some((one) => one.stream === stream)),
  );

/** Of each what it came to; one that failed throws for itself. */
type Settled = () => Promise<Appended> | Appended;

const record = async (parts: AppendParts, prepared: readonly PreparedAppend[]): Promise<readonly Settled[]> => {
  if (prepared.length === 0) return [];
  try {
    const came = await appendAll(parts, prepared);
    if (came.outcome === 'appended') return came.all.map((appended) => () => appended);
    const { commandId, stream, version } = came;
    const at = prepared.findIndex(({ append }) => append.commandId === commandId);
    const others = await record(parts, prepared.toSpliced(at, 1));
    return others.toSpliced(at, 0, () => ({ outcome: 'conflict', stream, version }));
  } catch (error) {
    // Nobody knows what came of it: each asks by the id of its command.
    if (error instanceof TransientFailure) throw error;
    return prepared.map((one) => () => appendStreams(parts, one));
  }
};
