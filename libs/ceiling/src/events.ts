/** What ceiling devices report, as events. Their types are made from `schemas/ceiling`. */
import { defineEvent } from '@plenum/event';
import {
  type CommandSeenV1,
  commandSeenV1,
  type NodeRegisteredV1,
  type NodeRespondedV1,
  type NodeStatusReportedV1,
  nodeRegisteredV1,
  nodeRespondedV1,
  nodeStatusReportedV1,
  type ReadingReportedV1,
  readingReportedV1,
} from './generated/schemas.ts';
import { commandsSeenTopic, nodesTopic, readingsTopic, responsesTopic } from './topics.ts';

/** A sensor said what it measured. */
export type ReadingReportedData = ReadingReportedV1;
export const ReadingReported = defineEvent<ReadingReportedData>()({
  topic: readingsTopic.name,
  key: ({ sensor_id }) => sensor_id, // One sensor, one partition: "latest" and the minutes are fed by one writer.
  schemas: [readingReportedV1],
});

/** A node announced what it is and which sensors it carries. */
export type NodeRegisteredData = NodeRegisteredV1;
export const NodeRegistered = defineEvent<NodeRegisteredData>()({
  topic: nodesTopic.name,
  key: ({ node_id }) => node_id,
  schemas: [nodeRegisteredV1],
});

/** A node, or the will it left with the broker, said how it is. */
export type NodeStatusReportedData = NodeStatusReportedV1;
export const NodeStatusReported = defineEvent<NodeStatusReportedData>()({
  topic: nodesTopic.name,
  key: ({ node_id }) => node_id,
  schemas: [nodeStatusReportedV1],
});

/** A node said what became of a command. */
export type NodeRespondedData = NodeRespondedV1;
export const NodeResponded = defineEvent<NodeRespondedData>()({
  topic: responsesTopic.name,
  key: ({ node_id }) => node_id,
  schemas: [nodeRespondedV1],
});

/** A command passed by on the broker, whichever client sent it. */
export type CommandSeenData = CommandSeenV1;
export const CommandSeen = defineEvent<CommandSeenData>()({
  topic: commandsSeenTopic.name,
  key: ({ target }) => target,
  schemas: [commandSeenV1],
});
