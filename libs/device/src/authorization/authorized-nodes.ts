/**
 * What nodes are checked against when they sign in: an authorization table, written in the transaction of the decision itself, so
 * that a key that is revoked opens nothing from then on, whether or not the log is there.
 */
import { type DecidedEvent, isEvent } from '@plenum/event';
import type { Statement } from '@plenum/read-model';
import {
  NodeCertificateSet,
  NodeChanged,
  NodeDisabled,
  NodeEnabled,
  NodeEnrolled,
  NodeKeyIssued,
  NodeKeyRevoked,
  NodeRemoved,
} from '../nodes/node-events.ts';

/** The schema, and the channel of `NOTIFY`; its payload is the id of the node that changed. */
export const deviceSchema = 'plenum_device';

export const authorizedNodeSteps: readonly string[] = [
  `
create table ${deviceSchema}.authorized_node (
  node_id text primary key,
  zone text,
  sensors jsonb not null,
  -- SHA-256 of each key, by the key's id.
  keys jsonb not null default '{}',
  -- The common name of a client certificate.
  certificate text,
  disabled boolean not null default false,
  -- A node that is not ours any more keeps its row, so that an event that comes twice does not bring it back.
  removed boolean not null default false,
  stream_version int not null
);
create index authorized_node_zone on ${deviceSchema}.authorized_node (zone, node_id) where not removed;
`,
];

/** None when the event changes nothing of it. A row that has this version already stays as it is. */
export const authorizedNodeStatements = (event: DecidedEvent): readonly Statement[] => {
  const changed = changeOf(event);
  return changed === undefined ? [] : [changed.statement, notified(changed.nodeId)];
};

type Change = { readonly nodeId: string; readonly statement: Statement };

const changeOf = (event: DecidedEvent): Change | undefined => {
  if (isEvent(NodeEnrolled, event)) {
    const { node_id, location, sensors } = event.data;
    const statement: Statement = {
      text: `insert into ${deviceSchema}.authorized_node as t (node_id, zone, sensors, stream_version)
             values ($1, $2, $3, $4)
             on conflict (node_id) do update
                set zone = excluded.zone, sensors = excluded.sensors, keys = '{}', certificate = null, disabled = false,
                    removed = false, stream_version = excluded.stream_version
              where t.stream_version < excluded.stream_version`,
      parameters: [node_id, location.zone ?? null, JSON.stringify(sensors), event.decision.version],
    };
    return { nodeId: node_id, statement };
  }
  if (isEvent(NodeChanged, event)) {
    const { location, sensors } = event.data;
    return update(event, event.data, 'zone = $3, sensors = $4', [location.zone ?? null, JSON.stringify(sensors)]);
  }
  if (isEvent(NodeKeyIssued, event)) {
    const { key_id, key_hash } = event.data;
    return update(event, event.data, 'keys = keys || jsonb_build_object($3::text, $4::text)', [key_id, key_hash]);
  }
  if (isEvent(NodeKeyRevoked, event)) return update(event, event.data, 'keys = keys - $3::text', [event.data.key_id]);
  if (isEvent(NodeCertificateSet, event)) {
    return update(event, event.data, 'certificate = $3', [event.data.subject ?? null]);
  }
  if (isEvent(NodeDisabled, event)) return update(event, event.data, 'disabled = true', []);
  if (isEvent(NodeEnabled, event)) return update(event, event.data, 'disabled = false', []);
  if (isEvent(NodeRemoved, event)) {
    return update(event, event.data, "removed = true, keys = '{}', certificate = null", []);
  }
  return undefined;
};

const update = (
  { decision: { version } }: DecidedEvent,
  { node_id }: { readonly node_id: string },
  set: string,
  values: readonly (string | null)[],
): Change => ({
  nodeId: node_id,
  statement: {
    text: `update ${deviceSchema}.authorized_node set stream_version = $2, ${set}
            where node_id = $1 and stream_version < $2`,
    parameters: [node_id, version, ...values],
  },
});

/** Heard when the transaction has committed, and only then. */
const notified = (nodeId: string): Statement => ({
  text: `select pg_notify('${deviceSchema}', $1)`,
  parameters: [nodeId],
});
