import { defineEvent } from '@plenum/event';
import { type CommandSeenV1, commandSeenV1 } from '../generated/schemas.ts';
import { commandsTopic } from '../topics.ts';

/** A command passed by on the broker, whoever sent it. */
export type CommandSeenData = CommandSeenV1;

export const CommandSeen = defineEvent<CommandSeenData>()({
  topic: commandsTopic.name,
  key: ({ target }) => target,
  schemas: [commandSeenV1],
});
