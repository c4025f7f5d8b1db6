/**
 * A reaction: what an event makes us ask for. It decides nothing. It issues commands, each under an id that derives from the
 * event's, and the state of the stream that a command is about decides, as ever.
 */
import type { Command } from './command.ts';
import type { Event } from './event.ts';

export type Reaction = {
  /** Lower-case words with hyphens between them. It is part of commands' ids and of checkpoints: never change it. */
  readonly name: string;
  readonly about: string;
  readonly topics: readonly string[];
  /**
   * The commands that answer an event, often none. Pure and total, and the same for the same event for ever: an event that is
   * answered again after a crash has to come to the same commands in the same order.
   */
  readonly react: (event: Event) => readonly Command[];
};

/** Declares a reaction. @throws when its name could not be told from another's. */
export const defineReaction = (declared: Reaction): Reaction => {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(declared.name) || declared.name.length > 60) {
    throw new Error(`A reaction cannot be called ${JSON.stringify(declared.name)}`);
  }
  return declared;
};

/** The id of the nth command by which a reaction answers an event. Asked for again, it is the same command. */
export const reactionCommandId = ({ name }: Pick<Reaction, 'name'>, { id }: Pick<Event, 'id'>, index: number): string =>
  `${name}/${id}/${index}`;
