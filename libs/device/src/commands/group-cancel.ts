/** A command for several nodes that is cancelled takes back what was not sent of it yet. */
import { type Actor, defaultOrganisation, defineReaction, isEvent } from '@plenum/event';
import { deviceDecisionsTopic } from '../topics.ts';
import { CommandCancelled } from './command-events.ts';
import { cancelCommand } from './device-commands.ts';
import { openCommandReads } from './open-command-reads.ts';

export const groupCancel = defineReaction<readonly string[]>({
  name: 'command-group-cancel',
  about: 'Cancels what was not sent yet of a command for several nodes.',
  topics: [deviceDecisionsTopic.name],
  lookUp: async (event, tables) =>
    isEvent(CommandCancelled, event) && event.data.node_id === undefined
      ? openCommandReads(tables).unsentOf(event.data.command_id)
      : [],
  react: (event, unsent) => {
    if (!isEvent(CommandCancelled, event)) return [];
    const actor: Actor = { id: event.data.by, organisation: defaultOrganisation, permissions: [] };
    return unsent.map((commandId) => cancelCommand(commandId, actor));
  },
});
