/**
 * The command handler: how a command becomes events. It reads the streams that the command is about, decides, and records
 * what was decided, as long as nobody else was faster. The rules are pure (`Decider`); everything that is not is here.
 */
import {
  type Command,
  type CommandMetadata,
  entityOf,
  kindOf,
  type NotDone,
  type Receipt,
  type Refused,
  refused,
} from '@plenum/event';
import { PersonalUnreadable, PersonKeyChanged } from '../persons/found-key.ts';
import { idLengthMax, isId, subjectOf, wholeCommandId } from './command-id.ts';
import { type AllDecided, decideAll, type Part, reservedBy } from './decide-all.ts';
import type { Decisions } from './decisions.ts';
import { encryptStreams } from './encrypt-streams.ts';
import type { Appended, EventStore, StreamVersion } from './event-store.ts';

/** Others being faster this often in a row means that one stream is asked too much of. */
const triesMax = 10;
/** More than any stream will ever have: asks for no event at all. */
const afterAll = 2 ** 31 - 1;

/**
 * Decides a command and records it; on a conflict it decides again on what is there now, unless the version that
 * conflicts is one that was asked for. Rules see what names a person in the plain; what is recorded of it is encrypted.
 * @throws TransientFailure: whether it was recorded is unknown, and asking again with the same id is safe.
 */
export const handleCommand = async (
  decisions: Decisions,
  command: Command,
  metadata: CommandMetadata,
): Promise<Receipt | NotDone> => {
  const { store } = decisions;
  if (!isId(metadata.id)) {
    return refused('invalid', `A command id is 1 to ${idLengthMax} visible characters.`);
  }
  if (command.newId !== true && !isId(subjectOf(command))) {
    return refused('not-found', 'There is nothing of this id.');
  }
  const commandId = wholeCommandId(command, metadata);
  /** What is recorded by an append, the store says it is known; anything else may be so because the command was carried out. */
  const unlessKnown = async (otherwise: () => Promise<Receipt> | Receipt | NotDone): Promise<Receipt | NotDone> => {
    const answer = await store.answered(commandId);
    return answer === undefined ? otherwise() : receiptOf(store, command, { how: 'known', streams: answer.streams });
  };

  for (let tries = 1; ; tries += 1) {
    const decided = await decideAll(decisions, { commandId, command, metadata, takesNewForEmpty: tries === 1 });
    if (decided.outcome !== 'decided') return unlessKnown(() => decided);
    const { parts } = decided;
    if (parts.every(({ events }) => events.length === 0)) {
      return unlessKnown(() => receiptOf(store, command, { how: 'unchanged', streams: parts.map(asItWas) }));
    }
    const appended = await append(decisions, decided, { commandId, metadata });
    if (appended.outcome === 'refused') return unlessKnown(() => appended);
    if (appended.outcome === 'conflict') {
      const asked = parts.find(({ stream }) => stream === appended.stream);
      const isOther = asked?.askedVersion !== undefined && asked.askedVersion !== appended.version;
      if (isOther || tries === triesMax) return unlessKnown(() => appended);
    } else if (appended.outcome === 'appended' || appended.outcome === 'known') {
      const how = appended.outcome === 'known' ? 'known' : 'recorded';
      return receiptOf(store, command, { how, streams: appended.answer.streams });
    } else return unlessKnown(() => refusalOf(appended, decided));
  }
};

/** Whether this command was carried out before. @throws TransientFailure */
export const isKnownCommand = async (
  { store }: Pick<Decisions, 'store'>,
  command: Pick<Command, 'name' | 'stream' | 'newId'>,
  metadata: Pick<CommandMetadata, 'actor' | 'id'>,
): Promise<boolean> => isId(metadata.id) && (await store.answered(wholeCommandId(command, metadata))) !== undefined;

type AsDecided = Extract<AllDecided, { readonly outcome: 'decided' }>;

const append = async (
  { store, personal, changed }: Decisions,
  { parts, reservations }: AsDecided,
  { commandId, metadata }: { readonly commandId: string; readonly metadata: CommandMetadata },
): Promise<Appended | Refused> => {
  const streams = parts.map(({ stream, expectedVersion, events }) => ({ stream, expectedVersion, events }));
  try {
    const encrypted = await encryptStreams(streams, personal);
    const appended = await store.append({ commandId, ...encrypted, reservations, request: metadata.request });
    if (appended.outcome === 'appended') changed?.(appended.answer.streams);
    return appended;
  } catch (error) {
    if (error instanceof PersonalUnreadable) return unreadable;
    const [first] = parts;
    if (!(error instanceof PersonKeyChanged) || first === undefined) throw error;
    // What was decided is still right, and what it was encrypted with is not.
    return { outcome: 'conflict', stream: first.stream, version: first.expectedVersion };
  }
};

const unreadable = refused(
  'not-now',
  'What is recorded of this person cannot be read: the master key that it is encrypted under is not set.',
);

const refusalOf = (
  appended: Extract<Appended, { readonly outcome: 'reserved' | 'key-used' }>,
  { parts, reservations }: AsDecided,
): Refused => {
  if (appended.outcome === 'key-used') return refused('key-used', 'This key was used for another request.');
  const wanted = reservations.find(({ name }) => name === appended.name)?.to;
  return reservedBy(parts.find(({ stream }) => stream === wanted)?.command);
};

type Led = { readonly how: Receipt['how']; readonly streams: readonly StreamVersion[] };

/** Of something new that is known already, only the answer says which it was. */
const receiptOf = async (store: EventStore, command: Command, { how, streams }: Led): Promise<Receipt> => {
  const kind = kindOf(command.stream);
  const made = command.newId === true ? streams.find((one) => kindOf(one.stream) === kind)?.stream : undefined;
  const stream = made ?? command.stream;
  const version = streams.find((one) => one.stream === stream)?.version ?? (await store.load(stream, afterAll)).version;
  return { outcome: 'done', how, id: entityOf(stream), stream, version };
};

const asItWas = ({ stream, expectedVersion }: Part): StreamVersion => ({ stream, version: expectedVersion });
