/** `plenum commands …`: commands to nodes, and what becomes of them. */

import { exits, late } from '../access/about.ts';
import { ordering, usual } from '../access/options.ts';
import { defineCommand } from '../command-line/command.ts';
import { flag, optionalText, optionalWhole, requiredText, whole } from '../command-line/options.ts';

const which = requiredText('Which command, by its id.', 'ID');

export const commandsSend = defineCommand({
  name: 'commands send',
  summary: 'Command a node, all nodes, those of a zone, or a list of them.',
  about:
    'The command is recorded here, and sent by a Plenum that runs, once the node is connected and until it expires. What ' +
    `becomes of it is said by commands watch.\n\n${exits}`,
  options: {
    target: optionalText('A node id, all, or zone:ZONE. This or --nodes.', 'TARGET'),
    nodes: optionalText('Node ids with commas between them.', 'LIST'),
    command: requiredText("What to do, in the device's own vocabulary.", 'COMMAND'),
    parameters: optionalText('A JSON object for the device.', 'JSON'),
    'expires-in': optionalWhole('It is not sent later than that, in seconds. Without it 60.', 1),
    'answer-within': optionalWhole('So long a node that has it may say nothing, in seconds. Without it 30.', 1),
    'command-id': ordering['command-id'],
    ...usual,
  },
  examples: [
    `commands send --target node-17 --command calibrate --parameters '{"offset":-0.3}'`,
    'commands send --target zone:lobby --command status --expires-in 600',
  ],
  // Loaded when it is wanted, here and below: the list of commands is shown without all of this.
  run: async (values, surroundings) => (await import('./send-command.ts')).sendCommand(values, surroundings),
});

export const commandsList = defineCommand({
  name: 'commands list',
  summary: 'Say which commands there were, the last first, and how far each is.',
  about: late,
  options: {
    node: optionalText('Only those to this node.', 'ID'),
    state: optionalText('Only those to one node, in this state.', 'STATE'),
    parent: optionalText('Only those that are part of this command for several nodes.', 'ID'),
    command: optionalText('Only those that say to do this.', 'COMMAND'),
    limit: whole({ about: 'At most so many.', fallback: 50, min: 1 }),
    ...usual,
  },
  examples: ['commands list', 'commands list --node node-17 --state unanswered --json'],
  run: async (values, surroundings) => (await import('./list-commands.ts')).listCommands(values, surroundings),
});

export const commandsShow = defineCommand({
  name: 'commands show',
  summary: 'Say what became of a command, step by step, with the evidence.',
  about: late,
  options: { id: which, ...usual },
  operand: 'id',
  examples: ['commands show 0190a3c4-7a10-7cc2-8f5e-1d2c3b4a5968'],
  run: async (values, surroundings) => (await import('./list-commands.ts')).showCommand(values, surroundings),
});

export const commandsWatch = defineCommand({
  name: 'commands watch',
  summary: 'Say what becomes of a command until it has ended.',
  about:
    'Each state is written when it is shown. The exit code is 0 when the command succeeded, and 1 when it came to anything ' +
    'else, or when no Plenum runs that would send it.',
  options: { id: which, log: usual.log, json: flag('One JSON object for each state, on a line of its own.') },
  operand: 'id',
  examples: ['commands watch 0190a3c4-7a10-7cc2-8f5e-1d2c3b4a5968'],
  run: async (values, surroundings) => (await import('./watch-command.ts')).watchCommand(values, surroundings),
});

export const commandsCancel = defineCommand({
  name: 'commands cancel',
  summary: 'Take back a command that was not sent yet.',
  about: exits,
  options: { id: which, ...ordering },
  operand: 'id',
  examples: ['commands cancel 0190a3c4-7a10-7cc2-8f5e-1d2c3b4a5968'],
  run: async (values, surroundings) => (await import('./send-command.ts')).cancel(values, surroundings),
});
