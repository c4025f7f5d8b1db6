/** Nodes as we enrolled them, for people. What they say of themselves is in `sensor_nodes`. */
import { formatTimeUs, isEvent } from '@plenum/event';
import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
  storableText,
} from '@plenum/read-model';
import type { NodeEnrolledV1 } from '../generated/schemas.ts';
import { deviceDecisionsTopic } from '../topics.ts';
import {
  NodeCertificateSet,
  NodeChanged,
  type NodeDescription,
  NodeDisabled,
  NodeEnabled,
  NodeEnrolled,
  NodeKeyIssued,
  NodeKeyRevoked,
  NodeRemoved,
  nodeStreamKind,
} from './node-events.ts';

export const enrolledNodesTable = defineTable({
  name: 'enrolled_nodes',
  about: 'Every node that was enrolled, as we say that it is, and what it may sign in with.',
  columns: {
    ...decidedColumns,
    node_id: { type: 'text', about: 'As in its MQTT topics; also its MQTT client id and user name.' },
    state: { type: 'text', about: '`enrolled`, `disabled`, or `removed`: not ours any more.' },
    location: { type: 'jsonb', about: 'x, y, z and, where given, zone.' },
    zone: { type: 'text', nullable: true, about: 'What commands to a zone find it by.' },
    sensors: { type: 'jsonb', json: 'texts', about: 'Sensor types, or sensor ids: what it may publish readings of.' },
    firmware_version: { type: 'text', about: 'That it is to run.' },
    capabilities: { type: 'jsonb', about: 'As given.' },
    keys: { type: 'jsonb', about: 'Keys that it may sign in with: id, when and by whom each was issued.' },
    certificate: {
      type: 'text',
      nullable: true,
      about: 'The common name of the certificate that it may sign in with.',
    },
    enrolled_by: { type: 'text', about: 'Who enrolled it.' },
    enrolled_at: { type: 'timestamptz', about: 'When.' },
    changed_by: { type: 'text', about: 'Who decided about it last.' },
    changed_at: { type: 'timestamptz', about: 'When.' },
  },
  key: ['node_id'],
  indexes: [['zone', 'node_id']],
});

export type EnrolledNodesRow = RowOf<typeof enrolledNodesTable>;

export const enrolledNodes = decidedFold<NodeEnrolledV1, EnrolledNodesRow>({
  table: enrolledNodesTable,
  keyOf: ({ id }) => ({ node_id: id }),
  begins: NodeEnrolled,
  first: (data, entry) => enrolled(data, entry),
  next: (row, entry) => {
    const again = dataIf(NodeEnrolled, entry.event);
    return again === undefined
      ? { ...row, ...changeOf(row, entry), ...changedBy(entry), ...placeOf(entry) }
      : enrolled(again, entry);
  },
});

const enrolled = (data: NodeEnrolledV1, entry: DecidedEntry): EnrolledNodesRow => ({
  ...placeOf(entry),
  ...{ node_id: entry.id, state: 'enrolled', keys: '[]', certificate: undefined },
  ...columnsOf(data),
  ...{ enrolled_by: storableText(data.by), enrolled_at: entry.event.effectiveTimeUs },
  ...{ changed_by: storableText(data.by), changed_at: entry.event.effectiveTimeUs },
});

const columnsOf = ({ location, sensors, firmware_version, capabilities }: NodeDescription) => ({
  location: JSON.stringify(location),
  zone: location.zone === undefined ? undefined : storableText(location.zone),
  sensors: JSON.stringify(sensors),
  firmware_version: storableText(firmware_version),
  capabilities,
});

/** Every event about a node says who decided. */
const changedBy = ({ event }: DecidedEntry): Partial<EnrolledNodesRow> => {
  const { by } = event.data as { readonly by?: string };
  return by === undefined ? {} : { changed_by: storableText(by), changed_at: event.effectiveTimeUs };
};

const changeOf = (row: EnrolledNodesRow, { event }: DecidedEntry): Partial<EnrolledNodesRow> => {
  const changed = dataIf(NodeChanged, event);
  if (changed !== undefined) return columnsOf(changed);
  const issued = dataIf(NodeKeyIssued, event);
  if (issued !== undefined) {
    const { key_id, by } = issued;
    const key: Key = { key_id, issued_at: formatTimeUs(event.effectiveTimeUs), issued_by: storableText(by) };
    return { keys: JSON.stringify([...keysOf(row), key]) };
  }
  const revoked = dataIf(NodeKeyRevoked, event);
  if (revoked !== undefined) {
    return { keys: JSON.stringify(keysOf(row).filter(({ key_id }) => key_id !== revoked.key_id)) };
  }
  const set = dataIf(NodeCertificateSet, event);
  if (set !== undefined) return { certificate: set.subject === undefined ? undefined : storableText(set.subject) };
  if (isEvent(NodeDisabled, event)) return { state: 'disabled' };
  if (isEvent(NodeEnabled, event)) return { state: 'enrolled' };
  return isEvent(NodeRemoved, event) ? { state: 'removed', keys: '[]', certificate: undefined } : {};
};

type Key = { readonly key_id: string; readonly issued_at: string; readonly issued_by: string };

const keysOf = ({ keys }: EnrolledNodesRow): readonly Key[] => JSON.parse(keys) as readonly Key[]; // As this fold wrote it.

export const enrolledNodesProjection = defineProjection<DecidedEntry>({
  name: 'enrolled_nodes',
  version: 1,
  about: 'Nodes as enrolled.',
  topics: [deviceDecisionsTopic.name],
  streams: [nodeStreamKind],
  entry: decidedEntry,
  folds: [enrolledNodes],
});
