/** What a command is known by: made here and nowhere else. */
import { actorName, type Command, type CommandMetadata, entityOf } from '@plenum/event';

type Known = Pick<Command, 'name' | 'stream' | 'newId'>;

/**
 * Name, entity, actor and the id that was given: a request for something else, of something else, or by somebody else,
 * is another command. Of these only the name of an actor may have spaces, so none is taken for another.
 */
export const wholeCommandId = (command: Known, { actor, id }: Pick<CommandMetadata, 'actor' | 'id'>): string =>
  `${command.name} ${subjectOf(command)} ${actorName(actor)} ${id}`;

/** What a command is about; nothing when it makes something new, whose id is then in the answer. */
export const subjectOf = ({ stream, newId }: Known): string => (newId === true ? '' : entityOf(stream));

export const idLengthMax = 200;

/** Whether a text can be the id of an entity or a command: visible ASCII, without the spaces that stand between the parts. */
export const isId = (text: string): boolean => text.length <= idLengthMax && /^[\x21-\x7e]+$/.test(text);
