/** Commands about nodes. */
import { commandsOf, jsonObject, type Route } from '@plenum/http';
import { type Static, Type } from 'typebox';
import { changeNode, enrolNode, standNode } from '../nodes/node-commands.ts';
import { type NodeDescription, nodeStream } from '../nodes/node-events.ts';
import { nodeIdLengthMax, nodeIdPattern } from '../nodes/node-id.ts';
import { sensorsMax } from '../nodes/node-rules.ts';
import { firmwareUnsaid } from '../nodes/node-table.ts';
import type { DeviceServices } from '../services.ts';

export const ofNodes = {
  kind: '/nodes',
  one: 'EnrolledNode',
  access: { permission: 'write:nodes' },
  tags: ['device'],
  /** At its own address is what the node says of itself, which may be nothing. */
  readAt: '/enrolment',
  projection: 'enrolled_nodes',
  stream: nodeStream,
} as const;

export const name = (description: string, maxLength = 200) => Type.String({ description, minLength: 1, maxLength });

const nodeIdField = Type.String({
  description: 'As in its MQTT topics: visible ASCII without / + #, and no name of a group such as `all`.',
  ...{ minLength: 1, maxLength: nodeIdLengthMax, pattern: nodeIdPattern },
});

const location = Type.Object(
  {
    ...{ x: Type.Number(), y: Type.Number(), z: Type.Number() },
    zone: Type.Optional(name('A named area: what commands can be sent to.')),
  },
  { description: "Where it hangs, in the site's own coordinates.", additionalProperties: false },
);
const sensors = Type.Array(name('A sensor type, or a whole sensor id.'), {
  description: 'What it may publish readings of.',
  maxItems: sensorsMax,
});
const firmware = name('That it is to run.');
const capabilities = jsonObject({ description: 'What it can, in any words.' });

export const newNodeFields = {
  node_id: nodeIdField,
  ...{ location, sensors },
  firmware_version: Type.Optional(firmware),
  capabilities: Type.Optional(capabilities),
};

const newNode = Type.Object(newNodeFields, { additionalProperties: false, title: 'NewNode' });

const nodeDescription = Type.Object(
  { ...{ location, sensors }, firmware_version: firmware, capabilities },
  { additionalProperties: false, title: 'NodeDescription' },
);

type Described = Pick<Static<typeof newNode>, 'location' | 'sensors' | 'firmware_version' | 'capabilities'>;

export const descriptionOf = ({ location: at, sensors: has, ...said }: Described): NodeDescription => ({
  location: { x: at.x, y: at.y, z: at.z, zone: at.zone },
  sensors: has,
  firmware_version: said.firmware_version ?? firmwareUnsaid,
  capabilities: JSON.stringify(said.capabilities ?? {}),
});

export const nodeCommands = (services: DeviceServices): readonly Route[] => {
  const { handle } = services;
  const { making, about } = commandsOf({ ...services, ...ofNodes });
  return [
    making({
      operationId: 'enrolNode',
      summary: 'Enrol a node',
      description: 'It signs in once it has a key or a certificate.',
      body: newNode,
      run: ({ body }, metadata) =>
        handle(enrolNode(body.node_id, { description: descriptionOf(body), actor: metadata.actor }), metadata),
    }),
    about(
      { method: 'PUT' },
      {
        operationId: 'changeNode',
        summary: 'Say anew what a node is',
        body: nodeDescription,
        run: ({ params: { id }, body }, metadata) =>
          handle(changeNode(id, { description: descriptionOf(body), actor: metadata.actor }), metadata),
      },
    ),
    about(
      { at: '/disable' },
      {
        operationId: 'disableNode',
        summary: 'Disable a node: its connection ends, and it may not sign in',
        run: ({ params: { id } }, metadata) =>
          handle(standNode(id, { do: 'disable', actor: metadata.actor }), metadata),
      },
    ),
    about(
      { at: '/enable' },
      {
        operationId: 'enableNode',
        summary: 'Enable a node again',
        run: ({ params: { id } }, metadata) => handle(standNode(id, { do: 'enable', actor: metadata.actor }), metadata),
      },
    ),
    about(
      { method: 'DELETE' },
      {
        operationId: 'removeNode',
        summary: 'Remove a node, and its keys with it',
        run: ({ params: { id } }, metadata) => handle(standNode(id, { do: 'remove', actor: metadata.actor }), metadata),
      },
    ),
  ];
};
