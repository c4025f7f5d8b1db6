/** The topics of one node, as devices have always used them: what it may publish, and what it may read. */
import { sensorTypes } from '@plenum/ceiling';

export type NodeTopics = {
  /** Exactly these, and no filter. */
  readonly publish: ReadonlySet<string>;
  readonly subscribe: ReadonlySet<string>;
};

/** Its own alone: `a` may not speak for `a_b`, so no topic is allowed by how it begins. */
export const nodeTopics = (nodeId: string, sensors: readonly string[]): NodeTopics => ({
  publish: new Set([
    ...sensors.map((sensor) => `ceiling/sensors/${sensorIdOf(nodeId, sensor)}/data`),
    `ceiling/nodes/${nodeId}/status`,
    registrationTopic(nodeId),
    responsesTopicOf(nodeId),
  ]),
  subscribe: new Set([commandTopic(nodeId)]),
});

/** Where it is said what it is: by itself, and by Plenum when it is enrolled. */
export const registrationTopic = (nodeId: string): string => `ceiling/nodes/${nodeId}/registration`;

/** The node whose registration a topic has; `undefined` where it is not one of them. */
export const nodeOfRegistrationTopic = (topic: string): string | undefined =>
  topic.endsWith('/registration') ? /^ceiling\/nodes\/([^/+#]+)\/registration$/.exec(topic)?.[1] : undefined;

/** Where its commands are published. */
export const commandTopic = (nodeId: string): string => `ceiling/commands/${nodeId}`;

/** Where it says what became of them. */
export const responsesTopicOf = (nodeId: string): string => `ceiling/nodes/${nodeId}/responses`;

/** The node whose commands a topic has; `undefined` where it is not one of them. */
export const nodeOfCommandTopic = (topic: string): string | undefined =>
  /^ceiling\/commands\/([^/+#]+)$/.exec(topic)?.[1];

const types: ReadonlySet<string> = new Set(sensorTypes);

/** A node's registration lists sensors by their type or by their whole id. */
export const sensorIdOf = (nodeId: string, sensor: string): string =>
  types.has(sensor) ? `${nodeId}_${sensor}` : sensor;
