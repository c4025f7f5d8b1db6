/** Nodes as we enrolled them, beside what they say of themselves. */
import {
  defineRoute,
  identifier,
  integerOrNull,
  jsonObjectOrNull,
  listOf,
  oneOf,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowsFor,
  textOrNull,
  textsOrNull,
  versionStatusRoute,
} from '@plenum/http';
import { Type } from 'typebox';
import { enrolmentStates } from '../nodes/reads.ts';
import type { DeviceServices } from '../services.ts';
import { ofNodes } from './node-commands.ts';

const time = (description: string) => textOrNull({ description, format: 'date-time' });

const keySchema = Type.Object({
  key_id: Type.String(),
  issued_at: Type.String({ format: 'date-time', description: 'When.' }),
  issued_by: Type.String(),
});

const enrolmentSchema = Type.Object(
  {
    node_id: Type.String(),
    state: oneOf(enrolmentStates, { description: '`none`: it said something and was never enrolled.' }),
    stream_version: integerOrNull({ description: 'The version of what is decided about it.' }),
    location: jsonObjectOrNull({ description: 'As enrolled.' }),
    zone: textOrNull(),
    sensors: textsOrNull(),
    firmware_version: textOrNull(),
    capabilities: jsonObjectOrNull(),
    keys: Type.Unsafe<unknown>({ type: ['array', 'null'], items: keySchema, description: 'That it may sign in with.' }),
    certificate: textOrNull({ description: 'The common name of the certificate that it may sign in with.' }),
    enrolled_by: textOrNull(),
    enrolled_at: time('When.'),
    changed_by: textOrNull({ description: 'Who decided about it last.' }),
    changed_at: time('When.'),
    reported_location: jsonObjectOrNull({ description: 'As the node registered itself, and so on.' }),
    reported_sensors: textsOrNull(),
    reported_firmware_version: textOrNull(),
    reported_capabilities: jsonObjectOrNull(),
    reported_at: time('Effective time of its registration.'),
    last_seen: time('When its last registration or status came.'),
    differs: listOf(Type.String(), { description: 'What both say, and not the same.' }),
  },
  { title: 'Enrolment' },
);

const ofEnrolments = {
  method: 'GET',
  access: { permission: 'read:sensors' },
  projections: ['enrolled_nodes', 'nodes'],
  tags: ['device'],
} as const;

export const enrolmentRoutes = ({ reads: { enrolments }, limits }: DeviceServices): readonly Route[] => [
  versionStatusRoute({ ...ofNodes, access: ofEnrolments.access, shown: (id) => enrolments.version(id) }),
  defineRoute({
    ...ofEnrolments,
    operationId: 'getEnrolment',
    path: '/nodes/:id/enrolment',
    summary: 'What we say of a node, and what it says of itself',
    params: Type.Object({ id: identifier('Which node.') }),
    querystring: query({}),
    answers: { 200: enrolmentSchema, ...problems(404) },
    handle: async ({ params: { id } }) => {
      const known = await enrolments.byId(id);
      if (known === undefined) throw new Problem('not-found', 'Nobody said anything of a node of this id.');
      return known;
    },
  }),
  defineRoute({
    ...ofEnrolments,
    operationId: 'listEnrolments',
    path: '/enrolments',
    summary: 'Nodes, by id: what we say of each, and what it says of itself',
    querystring: query({
      state: Type.Optional(oneOf(enrolmentStates, { description: 'Only in this state.' })),
      zone: Type.Optional(identifier('Only nodes enrolled in this zone.')),
      differs: Type.Optional(
        Type.Boolean({ description: 'Only nodes that say something else than we do, or only all others.' }),
      ),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(enrolmentSchema), ...problems() },
    handle: async ({ query: { state, zone, differs, limit }, place }) => {
      const [afterNode] = place(1) ?? [];
      const rows = await enrolments.page({ state, zone, differs, afterNode, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ node_id }) => [node_id] });
    },
  }),
];
