/**
 * What one MQTT message means: the event it reports, or why it cannot be understood. Pure and total: every input has
 * an outcome, and none of them is a throw.
 */
import {
  contentId,
  type Event,
  effectiveTimeUs,
  isUuid,
  type Message,
  type MessageSubject,
  type TranslateTools,
  unknownTopic,
  type ZoneOffset,
} from '@plenum/event';
import {
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
import {
  type Body,
  finite,
  json,
  lengthMax,
  location,
  messageId,
  name,
  optional,
  percent,
  Refusal,
  type RefusalCode,
  text,
  texts,
  time,
  word,
} from './fields.ts';
import { isNodeStatus, isResponseOutcome, isSensorType, nodeNamedBySensor, nodeOfSensor } from './vocabulary.ts';

export type Observation =
  | { readonly outcome: 'event'; readonly event: Event }
  | ({ readonly outcome: 'quarantine'; readonly code: RefusalCode; readonly detail: string } & MessageSubject);

export const observe = (message: Message, tools: TranslateTools): Observation => {
  try {
    return { outcome: 'event', event: eventOf(message, tools) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error; // A bug of ours: never the device's fault.
    return { outcome: 'quarantine', code: error.code, detail: error.message, ...subjectOf(message.topic) };
  }
};

/**
 * The node and the sensor that a topic names, for people who ask why a message was refused. What is no identifier names
 * nobody: it would be of any length, in a column that has an index.
 */
export const subjectOf = (topic: string): { nodeId: string | undefined; sensorId: string | undefined } => {
  const [site, kind, id] = topic.split('/');
  if (site !== 'ceiling' || id === undefined || !identifier.test(id)) return { nodeId: undefined, sensorId: undefined };
  if (kind === 'sensors') return { nodeId: nodeNamedBySensor(id), sensorId: id };
  return { nodeId: kind === 'nodes' || kind === 'commands' ? id : undefined, sensorId: undefined };
};

type Fact = {
  readonly type: string;
  readonly data: object;
  readonly deviceTimeUs: number | undefined;
  readonly ownId: string | undefined;
  /** The same bytes say the same once more, also where they say no time. */
  readonly isItsContent?: true | undefined;
};

const eventOf = (message: Message, tools: TranslateTools): Event => {
  const [read, id] = readerOf(message.topic);
  const { type, data, deviceTimeUs, ownId, isItsContent } = read(id, bodyOf(message.payload), tools.zone);
  return {
    id: identityOf(message, { deviceTimeUs, ownId, isItsContent }, tools),
    type,
    source: message.topic,
    effectiveTimeUs: effectiveTimeUs(deviceTimeUs, message.receivedTimeUs),
    recordedTimeUs: message.receivedTimeUs,
    data,
  };
};

/** The device's own id; else, of a message that says when it was, its topic and bytes; else a new one. */
const identityOf = (
  { topic, payload, receivedTimeUs }: Message,
  { deviceTimeUs, ownId, isItsContent }: Pick<Fact, 'deviceTimeUs' | 'ownId' | 'isItsContent'>,
  { sha1, newId }: TranslateTools,
): string => {
  // A counter is only unique within its topic; a UUID is unique by itself.
  if (ownId !== undefined) return isUuid(ownId) ? ownId.toLowerCase() : contentId(sha1, topic, encoder.encode(ownId));
  return deviceTimeUs === undefined && isItsContent !== true ? newId(receivedTimeUs) : contentId(sha1, topic, payload);
};

type Reader = (id: string, body: Body, zone: ZoneOffset) => Fact;

/** How a message is read, and whose it is. */
type Found = readonly [Reader, id: string];

const readerOf = (topic: string): Found => {
  const known = readersByTopic.get(topic);
  if (known !== undefined) return known;
  const found = findReader(topic);
  if (readersByTopic.size >= readersMax) readersByTopic.clear();
  readersByTopic.set(topic, found);
  return found;
};

/** Of topics that were good before: a device says all that it says on a few. */
const readersByTopic = new Map<string, Found>();
const readersMax = 10_000;

const findReader = (topic: string): Found => {
  const segments = topic.split('/');
  const [site, kind = '', id = '', aspect] = segments;
  const path = segments.length === 4 ? `${kind}/+/${aspect}` : segments.length === 3 ? `${kind}/+` : '';
  const read = site === 'ceiling' ? readersByPath[path] : undefined;
  if (read === undefined) {
    const { code, detail } = unknownTopic(topic);
    throw new Refusal(code, detail);
  }
  if (!identifier.test(id)) {
    throw new Refusal('bad-identifier', 'an identifier has 1 to 200 characters, none of them a control character');
  }
  return [read, id];
};

const identifier = /^[^\u0000-\u001f\u007f]{1,200}$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const bodyOf = (payload: Uint8Array): Body => {
  if (payload.length === 0) throw new Refusal('empty', 'the message has no body');
  const json = decoded(payload);
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('wrong-type', 'the body must be a JSON object');
  }
  return value as Body; // A JSON object, as just seen.
};

const decoded = (payload: Uint8Array): string => {
  try {
    return decoder.decode(payload);
  } catch {
    throw new Refusal('not-utf8', 'the body is not UTF-8');
  }
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Refusal('not-json', `the body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
  }
};

const unitText = text(lengthMax.unit);
const sensorType = word(isSensorType);
const nodeStatus = word(isNodeStatus);
const responseOutcome = word(isResponseOutcome);

const reading: Reader = (sensorId, body, zone) => {
  const type = sensorType(body, 'sensor_type');
  const value = finite(body, 'value');
  const unit = unitText(body, 'unit');
  const { sent, timeUs } = time(zone)(body, 'timestamp');
  const ownId = optional(body, 'event_id', messageId);
  const data: ReadingReportedData = {
    sensor_id: sensorId,
    node_id: nodeOfSensor(sensorId, type),
    sensor_type: type,
    value,
    unit,
    timestamp: sent,
    device_time: timeUs,
    location: location(body, 'location'),
    metadata: optional(body, 'metadata', json),
    message_id: ownId,
  };
  return { type: ReadingReported.type, data, deviceTimeUs: timeUs, ownId };
};

const registration: Reader = (nodeId, body, zone) => {
  const seen = optional(body, 'last_seen', time(zone));
  const ownId = optional(body, 'event_id', messageId);
  const data: NodeRegisteredData = {
    node_id: nodeId,
    location: location(body, 'location'),
    sensors: texts(body, 'sensors'),
    status: optional(body, 'status', nodeStatus),
    battery_level: optional(body, 'battery_level', percent),
    firmware_version: optional(body, 'firmware_version', name),
    capabilities: optional(body, 'capabilities', json) ?? '{}',
    last_seen: seen?.sent,
    device_time: seen?.timeUs,
    message_id: ownId,
  };
  return { type: NodeRegistered.type, data, deviceTimeUs: seen?.timeUs, ownId };
};

const status: Reader = (nodeId, body, zone) => {
  const at = optional(body, 'timestamp', time(zone));
  const ownId = optional(body, 'event_id', messageId);
  const data: NodeStatusReportedData = {
    node_id: nodeId,
    status: nodeStatus(body, 'status'),
    battery_level: optional(body, 'battery_level', percent),
    timestamp: at?.sent,
    device_time: at?.timeUs,
    message_id: ownId,
  };
  return { type: NodeStatusReported.type, data, deviceTimeUs: at?.timeUs, ownId };
};

const command: Reader = (target, body, zone) => {
  const at = optional(body, 'timestamp', time(zone));
  const ownId = optional(body, 'event_id', messageId);
  const data: CommandSeenData = {
    target,
    command: optional(body, 'command', name) ?? 'status',
    parameters: optional(body, 'parameters', json) ?? '{}',
    timestamp: at?.sent,
    device_time: at?.timeUs,
    message_id: ownId,
  };
  return { type: CommandSeen.type, data, deviceTimeUs: at?.timeUs, ownId };
};

const response: Reader = (nodeId, body, zone) => {
  const at = optional(body, 'timestamp', time(zone));
  const ownId = optional(body, 'event_id', messageId);
  const commandId = name(body, 'command_id');
  if (!isUuid(commandId)) throw new Refusal('bad-identifier', 'command_id is the UUID that the command came with');
  const data: NodeRespondedData = {
    node_id: nodeId,
    command_id: commandId.toLowerCase(),
    outcome: responseOutcome(body, 'outcome'),
    detail: optional(body, 'detail', text(lengthMax.detail)),
    result: optional(body, 'result', json),
    timestamp: at?.sent,
    device_time: at?.timeUs,
    message_id: ownId,
  };
  return { type: NodeResponded.type, data, deviceTimeUs: at?.timeUs, ownId, isItsContent: true };
};

/** The MQTT topics that report events, below `ceiling/`. The id in the topic wins over any in the body. */
const readersByPath: Readonly<Record<string, Reader>> = {
  'sensors/+/data': reading,
  'nodes/+/registration': registration,
  'nodes/+/status': status,
  'nodes/+/responses': response,
  'commands/+': command,
};

export const observedTopics: readonly string[] = Object.keys(readersByPath).map((path) => `ceiling/${path}`);
