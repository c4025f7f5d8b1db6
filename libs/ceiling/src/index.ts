export { ceiling } from './domain.ts';
export {
  CommandSeen,
  type CommandSeenData,
  NodeRegistered,
  type NodeRegisteredData,
  NodeResponded,
  type NodeRespondedData,
  NodeStatusReported,
  type NodeStatusReportedData,
  ReadingReported,
  type ReadingReportedData,
} from './events.ts';
export type { RefusalCode } from './fields.ts';
export { nodesProjection } from './nodes/nodes-projection.ts';
export { type NetworkStatus, type Node, type NodeReads, type NodesAsked, nodeReads } from './nodes/reads.ts';
export type { SensorNodesRow } from './nodes/sensor-nodes.ts';
export { type Observation, observe, subjectOf } from './observe.ts';
export {
  type Interval,
  type IntervalPlace,
  type IntervalReads,
  type IntervalsAsked,
  intervalReads,
  intervalStartUs,
} from './readings/interval-reads.ts';
export { readingsProjection } from './readings/readings-projection.ts';
export {
  type LatestAsked,
  type LatestReading,
  type Order,
  type Reading,
  type ReadingPlace,
  type ReadingReads,
  type ReadingsAsked,
  readingReads,
  type SensorFilter,
} from './readings/reads.ts';
export type { SensorDataRow } from './readings/sensor-data.ts';
export type { SensorLatestRow } from './readings/sensor-latest.ts';
export type { SensorMinutesRow } from './readings/sensor-minutes.ts';
export { commandsSeenTopic, nodesTopic, readingsTopic, responsesTopic } from './topics.ts';
export {
  isNodeStatus,
  isSensorType,
  type NodeStatus,
  nodeNamedBySensor,
  nodeOfSensor,
  nodeStatuses,
  type SensorType,
  sensorTypes,
} from './vocabulary.ts';
