/** What becomes of commands to nodes, as events. Their types are made from `schemas/device`. */
import { defineEvent, streamOf } from '@plenum/event';
import {
  type CommandAcceptedV1,
  type CommandCancelledV1,
  type CommandDeliveredV1,
  type CommandExecutingV1,
  type CommandExpiredV1,
  type CommandFailedV1,
  type CommandNotTakenV1,
  type CommandRequestedV1,
  type CommandSentV1,
  type CommandSucceededV1,
  type CommandUnansweredV1,
  commandAcceptedV1,
  commandCancelledV1,
  commandDeliveredV1,
  commandExecutingV1,
  commandExpiredV1,
  commandFailedV1,
  commandNotTakenV1,
  commandRequestedV1,
  commandSentV1,
  commandSucceededV1,
  commandUnansweredV1,
} from '../generated/schemas.ts';
import { deviceDecisionsTopic } from '../topics.ts';

export const commandStreamKind = 'command';

export const commandStream = (commandId: string): string => streamOf(commandStreamKind, commandId);

type Named = { readonly command_id: string; readonly node_id: string | undefined };

/** Beside what is decided about its node; a command for several nodes is by itself. */
const ofCommand = { topic: deviceDecisionsTopic.name, key: ({ node_id, command_id }: Named) => node_id ?? command_id };

export const CommandRequested = defineEvent<CommandRequestedV1>()({ ...ofCommand, schemas: [commandRequestedV1] });
export const CommandAccepted = defineEvent<CommandAcceptedV1>()({ ...ofCommand, schemas: [commandAcceptedV1] });
export const CommandSent = defineEvent<CommandSentV1>()({ ...ofCommand, schemas: [commandSentV1] });
export const CommandNotTaken = defineEvent<CommandNotTakenV1>()({ ...ofCommand, schemas: [commandNotTakenV1] });
export const CommandDelivered = defineEvent<CommandDeliveredV1>()({ ...ofCommand, schemas: [commandDeliveredV1] });
export const CommandExecuting = defineEvent<CommandExecutingV1>()({ ...ofCommand, schemas: [commandExecutingV1] });
export const CommandSucceeded = defineEvent<CommandSucceededV1>()({ ...ofCommand, schemas: [commandSucceededV1] });
export const CommandFailed = defineEvent<CommandFailedV1>()({ ...ofCommand, schemas: [commandFailedV1] });
export const CommandUnanswered = defineEvent<CommandUnansweredV1>()({ ...ofCommand, schemas: [commandUnansweredV1] });
export const CommandExpired = defineEvent<CommandExpiredV1>()({ ...ofCommand, schemas: [commandExpiredV1] });
export const CommandCancelled = defineEvent<CommandCancelledV1>()({ ...ofCommand, schemas: [commandCancelledV1] });
