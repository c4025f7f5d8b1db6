/**
 * A reaction: what an event makes us ask for. It decides nothing. It issues commands, each under an id that derives from the
 * event's, and the state of the stream that a command is about decides, as ever.
 */
import { type Command, entityOf } from './command.ts';
import type { Event } from './event.ts';
import type { Digest } from './identity.ts';

export type Reaction<Found = unknown> = {
  /** Lower-case words with hyphens between them. It is part of commands' ids and of checkpoints: never change it. */
  readonly name: string;
  readonly about: string;
  readonly topics: readonly string[];
  /**
   * What has to be known besides the event, such as which streams are concerned. It may read tables that are written in the
   * transaction of the decisions themselves, which have whatever an event in the log says. It changes nothing.
   */
  readonly lookUp?: (event: Event, tables: DecidedTables) => Promise<Found>;
  /**
   * The commands that answer an event, often none, each about another entity or of another name. Pure and total. `found` is
   * what was looked up. An event that is answered again after a crash may find something else: each command it comes to is
   * then either the same as before, or one that was not issued before.
   */
  readonly react: (event: Event, found: Found, tools: ReactionTools) => readonly Command[];
  /**
   * What has to be seen where such a command is refused, such as a message that goes into quarantine: an event for the log, whose
   * id derives from that of the event that was answered. None unless said otherwise.
   */
  readonly refused?: (
    event: Event,
    refusal: { readonly code: string; readonly reason: string },
    tools: ReactionTools,
  ) => Event | undefined;
};

/** What ids are made with; digests are not made in a domain. */
export type ReactionTools = { readonly sha1: Digest; readonly sha256: Digest };

/** A question to tables that are written in the transaction of each decision: SQL and its parameters in, rows out. */
export type DecidedTables = <R>(text: string, parameters?: readonly unknown[]) => Promise<readonly R[]>;

/** Declares a reaction. @throws when its name could not be distinguished from another's. */
export const defineReaction = <Found>(declared: Reaction<Found>): Reaction => {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(declared.name) || declared.name.length > 60) {
    throw new Error(`A reaction cannot be called ${JSON.stringify(declared.name)}`);
  }
  // Erasure: it is only ever given what its own look-up found.
  return declared as unknown as Reaction;
};

/**
 * The id of the command by which a reaction answers an event at one entity. It names the entity and no position, so that
 * whatever is found the second time, no other command goes under the same id.
 */
export const reactionCommandId = (
  { name }: Pick<Reaction, 'name'>,
  { id }: Pick<Event, 'id'>,
  { stream }: Pick<Command, 'stream'>,
): string => `${name}/${id}/${entityOf(stream)}`;
