/** Commands as clients of the replaced system send them, in its shapes. New clients use `/api/v1/commands`. */
import { formatTimeUs } from '@plenum/event';
import {
  asOldFailure,
  defineRoute,
  identifier,
  jsonObject,
  metadataWithoutVersion,
  oldBodyFailures,
  oldFailures,
  oldKeyFailures,
  type Route,
  utcTime,
} from '@plenum/http';
import { Type } from 'typebox';
import { askForCommand } from '../commands/ask-for-command.ts';
import type { DeviceServices } from '../services.ts';
import { commandField, parametersField, refuseFaulty } from './command-fields.ts';
import { ofCommands } from './commands.ts';
import { carriedOut } from './request-command.ts';

const success = Type.Literal(true);

const oldCommand = Type.Object(
  { command: Type.String(), parameters: jsonObject(), timestamp: utcTime('When it was asked for.') },
  { title: 'BuildingCommand' },
);

/** What a command without a word is. */
const commandUnsaid = 'status';

/** Other fields are let through: the replaced system did not mind them. */
const body = Type.Object(
  { command: Type.Optional(commandField), parameters: parametersField },
  { title: 'NewBuildingCommand' },
);

export const oldCommandRoute = (services: DeviceServices): Route =>
  defineRoute({
    operationId: 'buildingCommand',
    method: 'POST',
    base: '/api/iot',
    path: '/commands/:node_id',
    access: ofCommands.access,
    tags: ['replaced system'],
    summary: 'Command a node, or all, as the replaced system had it',
    description: 'It is recorded, and sent when the node is connected; what becomes of it is at `/api/v1/commands`.',
    params: Type.Object({ node_id: identifier('A node id, or `all`.') }),
    body,
    absentBodyIsEmpty: true,
    answers: {
      200: Type.Object({ success, message: Type.String(), command: oldCommand }, { title: 'BuildingCommandSent' }),
      ...oldFailures,
      ...oldKeyFailures,
      ...oldBodyFailures,
      404: oldFailures[400],
    },
    failures: asOldFailure,
    handle: async (asked) => {
      const { reads, handle, newId, clock } = services;
      const { node_id: target } = asked.params;
      const { command = commandUnsaid, parameters = {} } = asked.body;
      refuseFaulty({ target, command, parameters });
      const timestamp = formatTimeUs(clock.nowUs());
      const metadata = metadataWithoutVersion(asked);
      const parts = { targets: reads.targets, handle, newId, clock };
      carriedOut(await askForCommand(parts, { target, command, parameters }, metadata));
      const message = `Command ${command} for ${target} is recorded`;
      return { success: true as const, message, command: { command, parameters, timestamp } };
    },
  });
