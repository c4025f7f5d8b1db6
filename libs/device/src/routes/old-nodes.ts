/** Registering a node as clients of the replaced building server do, in its shapes. New clients use `/api/v1/nodes`. */
import type { NotDone, Receipt } from '@plenum/event';
import {
  asOldFailure,
  defineRoute,
  jsonObject,
  listOf,
  metadataWithoutVersion,
  numberOrNull,
  oldBodyFailures,
  oldFailures,
  oldKeyFailures,
  Problem,
  type Route,
  refusedProblem,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import { changeNode, enrolNode } from '../nodes/node-commands.ts';
import type { DeviceServices } from '../services.ts';
import { descriptionOf, newNodeFields, ofNodes } from './node-commands.ts';

/** It may say its status and more, as that server's clients do: what is so of a node, it says itself. */
const registered = Type.Object(newNodeFields, { title: 'BuildingNodeRegistered' });

const answered = Type.Object(
  {
    success: Type.Literal(true),
    message: Type.String(),
    node: Type.Object({
      ...{ node_id: Type.String(), location: jsonObject(), sensors: listOf(Type.String()) },
      status: textOrNull({ description: 'Null: the node says it itself.' }),
      battery_level: numberOrNull(),
      last_seen: textOrNull(),
      ...{ firmware_version: Type.String(), capabilities: jsonObject() },
    }),
  },
  { title: 'BuildingNodeAnswered' },
);

export const oldNodeRoutes = ({ handle }: DeviceServices): readonly Route[] => [
  defineRoute({
    operationId: 'buildingRegisterNode',
    method: 'POST',
    base: '/api/iot',
    path: '/nodes',
    access: ofNodes.access,
    tags: ['replaced system'],
    summary: 'Enrol a node, as the replaced system had it',
    description: 'One that is enrolled is from then on what is said of it here.',
    failures: asOldFailure,
    body: registered,
    answers: { 200: answered, ...oldFailures, ...oldKeyFailures, ...oldBodyFailures },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const { node_id } = asked.body;
      const description = descriptionOf(asked.body);
      const saying = { description, actor: metadata.actor };
      const made = await handle(enrolNode(node_id, { ...saying, orSame: true }), metadata);
      const isThere = made.outcome === 'refused' && made.code === 'exists';
      refuseNotDone(isThere ? await changedOr(made, () => handle(changeNode(node_id, saying), metadata)) : made);
      const { sensors, firmware_version } = description;
      const capabilities = asked.body.capabilities ?? {};
      const unsaid = { status: null, battery_level: null, last_seen: null };
      const node = { node_id, location: asked.body.location, sensors, ...unsaid, firmware_version, capabilities };
      return { success: true as const, message: `Node ${node_id} registered`, node };
    },
  }),
];

type Done = Receipt | NotDone;

/** A sensor of another node is refused in the same words as a node that is there; then there is nothing to change. */
const changedOr = async (made: Done, change: () => Promise<Done>): Promise<Done> => {
  const changed = await change();
  return changed.outcome === 'refused' && changed.code === 'not-found' ? made : changed;
};

/** @throws Problem: that server's clients expect 400 for whatever it cannot register. */
const refuseNotDone = (done: Done): void => {
  if (done.outcome === 'done') return;
  if (done.outcome === 'conflict') throw new Problem('conflict', 'It was changed meanwhile.');
  throw done.code === 'invalid' ? new Problem('validation', done.reason) : refusedProblem(done);
};
