/** Commands to nodes: which there are, what became of each, and taking one back. */
import {
  commandsOf,
  defineRoute,
  identifier,
  listOf,
  oneOf,
  Problem,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowSchema,
  rowsFor,
  shownPage,
  versionStatusRoute,
} from '@plenum/http';
import { Type } from 'typebox';
import { commandStream } from '../commands/command-events.ts';
import { commandStates } from '../commands/command-states.ts';
import { cancelCommand } from '../commands/device-commands.ts';
import { commandShown, commandStepShown } from '../commands/reads.ts';
import type { DeviceServices } from '../services.ts';

export const ofCommands = {
  kind: '/commands',
  one: 'DeviceCommand',
  access: { permission: 'write:commands' },
  tags: ['device'],
  projection: 'commands',
  stream: commandStream,
} as const;

const reading = {
  method: 'GET',
  access: { permission: 'read:commands' },
  projections: [ofCommands.projection],
  tags: ofCommands.tags,
} as const;

export const stateField = oneOf(commandStates, {
  description:
    'Of one for several nodes it is read from theirs: `accepted` until all have ended, then `succeeded` where all did, else ' +
    'the first of `failed`, `unanswered`, `expired` and `cancelled` that occurs.',
});

export const outcomesField = Type.Unsafe<Readonly<Record<string, number>> | null>({
  type: ['object', 'null'],
  additionalProperties: { type: 'integer' },
  description: 'Of one for several nodes, how many of their commands are in each state.',
});

const shownFields = {
  state: stateField,
  is_final: Type.Boolean({ description: 'Whether nothing about it changes any more.' }),
  outcomes: outcomesField,
};

const commandSchema = rowSchema('DeviceCommand', commandShown, shownFields);
const stepSchema = rowSchema('DeviceCommandStep', commandStepShown);

const stepsMax = 200;

const withSteps = rowSchema('DeviceCommandWithSteps', commandShown, {
  ...shownFields,
  steps: listOf(stepSchema, { description: `What became of it, with the evidence; the last ${stepsMax} steps.` }),
});

export const commandRoutes = (services: DeviceServices): readonly Route[] => {
  const { reads, limits, handle } = services;
  const { commands } = reads;
  const { about } = commandsOf({ ...services, ...ofCommands });
  return [
    versionStatusRoute({
      ...{ ...ofCommands, access: reading.access },
      shown: async (id) => (await commands.byId(id))?.stream_version,
    }),
    defineRoute({
      ...reading,
      operationId: 'listDeviceCommands',
      path: ofCommands.kind,
      summary: 'Commands to nodes, those that were asked for last first',
      querystring: query({
        node_id: Type.Optional(identifier('Only to this node.')),
        state: Type.Optional(oneOf(commandStates, { description: 'Only commands to one node, and in this state.' })),
        parent: Type.Optional(identifier('Only those that are part of this command for several nodes.')),
        command: Type.Optional(identifier('Only those that say to do this.')),
        ...rangeFields,
        ...pageFields(limits),
      }),
      answers: { 200: pageOf(commandSchema), ...problems() },
      handle: async ({ query: { node_id: node, state, parent, command, limit, ...range }, place }) => {
        const [at, commandId] = place(2) ?? [];
        const before = at === undefined || commandId === undefined ? undefined : ([at, commandId] as const);
        const asked = { node, state, parent, command, ...rangeOf(range), before, limit: rowsFor(limit) };
        const rows = await commands.page(asked);
        return shownPage(
          { rows, limit, place: ({ requested_at, command_id }) => [requested_at, command_id] },
          await commands.shown(rows),
        );
      },
    }),
    defineRoute({
      ...reading,
      operationId: 'getDeviceCommand',
      path: `${ofCommands.kind}/:id`,
      summary: 'A command to a node or several, and what became of it, step by step',
      description: 'The commands of the nodes that one for several is for are listed by `parent`.',
      params: Type.Object({ id: Type.String({ description: 'Which command.', maxLength: 200 }) }),
      querystring: query({}),
      answers: { 200: withSteps, ...problems(404) },
      handle: async ({ params: { id } }) => {
        const [found, steps] = await Promise.all([commands.byId(id), commands.steps(id, stepsMax)]);
        if (found === undefined) throw new Problem('not-found', 'There is no such command.');
        return { ...found, steps };
      },
    }),
    about(
      { at: '/cancel' },
      {
        operationId: 'cancelDeviceCommand',
        summary: 'Take back a command that was not sent yet',
        description:
          'One that a process is about to send, or has sent, is refused. Of one for several nodes those are taken back ' +
          'that were not sent.',
        run: ({ params: { id } }, metadata) => handle(cancelCommand(id, metadata.actor), metadata),
      },
    ),
  ];
};
