import { defineEvent } from '@plenum/event';
import { type CommandSeenV1, commandSeenV1 } from '../generated/schemas.ts';
import { commandsSeenTopic } from '../topics.ts';

/** A command passed by on the broker, whichever client sent it. */
export type CommandSeenData = CommandSeenV1;

export const CommandSeen = defineEvent<CommandSeenData>()({
  topic: commandsSeenTopic.name,
  key: ({ target }) => target,
  schemas: [commandSeenV1],
});
