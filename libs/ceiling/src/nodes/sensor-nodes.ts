import { type Event, isEvent } from '@plenum/event';
import { defineFold, isLater, type Moment, provenance, type Recorded } from '@plenum/read-model';
import { NodeRegistered, type NodeRegisteredData } from '../events/node-registered.ts';
import { NodeStatusReported, type NodeStatusReportedData } from '../events/node-status-reported.ts';
import { locationJson } from '../readings/sensor-data.ts';

/** What a registration or a status says about a node; a field not said is `undefined` and changes nothing. */
export type NodeEntry = Recorded & { readonly said: NodeSaid };

type NodeSaid = {
  readonly node_id: string;
  readonly status: string | undefined;
  readonly battery_level: number | undefined;
  readonly registration: Pick<SensorNodesRow, 'location' | 'sensors' | 'firmware_version' | 'capabilities'> | undefined;
};

/** A node as known. Column names are those of the replaced system's `sensor_nodes`. */
export type SensorNodesRow = {
  readonly event_id: string;
  readonly node_id: string;
  readonly location: string | undefined;
  readonly sensors: string | undefined;
  readonly status: string | undefined;
  readonly battery_level: number | undefined;
  readonly last_seen: number;
  readonly firmware_version: string | undefined;
  readonly capabilities: string | undefined;
  readonly registered_time: number | undefined;
  readonly registered_event_id: string | undefined;
  readonly status_time: number | undefined;
  readonly status_event_id: string | undefined;
  readonly battery_time: number | undefined;
  readonly battery_event_id: string | undefined;
  readonly log_partition: number;
  readonly log_offset: bigint;
};

/**
 * Four groups of columns (registration, status, battery, last seen), each with the moment of the event that set it;
 * the greatest moment wins in each, so the order in which events arrive does not matter. A status without a battery
 * level keeps the last one; a node that never registered is here as soon as it says anything.
 */
export const sensorNodes = defineFold<NodeEntry, SensorNodesRow>({
  table: {
    name: 'sensor_nodes',
    about: 'Every node that registered or reported its status.',
    columns: {
      ...provenance,
      node_id: { type: 'text', about: 'Which node.' },
      location: { type: 'jsonb', nullable: true, about: 'x, y, z and, where known, zone; as registered.' },
      sensors: { type: 'jsonb', nullable: true, about: 'Sensor types, or sensor ids it claims; as registered.' },
      status: { type: 'text', nullable: true, about: 'online, offline, maintenance or error, as last said.' },
      battery_level: { type: 'double precision', nullable: true, about: 'Percent, as last said.' },
      last_seen: { type: 'timestamptz', about: 'Effective time of the last registration or status.' },
      firmware_version: { type: 'text', nullable: true, about: 'As registered.' },
      capabilities: { type: 'jsonb', nullable: true, about: 'As registered.' },
      registered_time: { type: 'timestamptz', nullable: true, about: 'Moment of the registration shown.' },
      registered_event_id: { type: 'uuid', nullable: true, about: 'Its event.' },
      status_time: { type: 'timestamptz', nullable: true, about: 'Moment of the status shown.' },
      status_event_id: { type: 'uuid', nullable: true, about: 'Its event.' },
      battery_time: { type: 'timestamptz', nullable: true, about: 'Moment of the battery level shown.' },
      battery_event_id: { type: 'uuid', nullable: true, about: 'Its event.' },
    },
    key: ['node_id'],
  },
  keyOf: ({ said }) => ({ node_id: said.node_id }),
  fold: (row, entry) => {
    const { said, event } = entry;
    const moment = { timeUs: event.effectiveTimeUs, id: event.id };
    const seen = isLater(moment, row && { timeUs: row.last_seen, id: row.event_id });
    const before = row ?? unknownNode(entry);
    return {
      ...before,
      ...(said.registration && wins(moment, before.registered_time, before.registered_event_id)
        ? { ...said.registration, registered_time: moment.timeUs, registered_event_id: moment.id }
        : {}),
      ...(said.status !== undefined && wins(moment, before.status_time, before.status_event_id)
        ? { status: said.status, status_time: moment.timeUs, status_event_id: moment.id }
        : {}),
      ...(said.battery_level !== undefined && wins(moment, before.battery_time, before.battery_event_id)
        ? { battery_level: said.battery_level, battery_time: moment.timeUs, battery_event_id: moment.id }
        : {}),
      ...(seen
        ? { last_seen: moment.timeUs, event_id: moment.id, log_partition: entry.partition, log_offset: entry.offset }
        : {}),
    };
  },
});

const wins = (moment: Moment, timeUs: number | undefined, id: string | undefined): boolean =>
  timeUs === undefined || id === undefined || isLater(moment, { timeUs, id });

const unknownNode = ({ said, event, partition, offset }: NodeEntry): SensorNodesRow => ({
  event_id: event.id,
  node_id: said.node_id,
  location: undefined,
  sensors: undefined,
  status: undefined,
  battery_level: undefined,
  last_seen: event.effectiveTimeUs,
  firmware_version: undefined,
  capabilities: undefined,
  registered_time: undefined,
  registered_event_id: undefined,
  status_time: undefined,
  status_event_id: undefined,
  battery_time: undefined,
  battery_event_id: undefined,
  log_partition: partition,
  log_offset: offset,
});

/** What an event says about a node, or `undefined` when it says nothing about one. */
export const nodeEntry = (recorded: Recorded): NodeEntry | undefined => {
  const said = saidBy(recorded.event);
  return said && { ...recorded, said };
};

const saidBy = (event: Event): NodeSaid | undefined => {
  if (isEvent<NodeStatusReportedData>(NodeStatusReported, event)) {
    const { node_id, status, battery_level } = event.data;
    return { node_id, status, battery_level, registration: undefined };
  }
  if (isEvent<NodeRegisteredData>(NodeRegistered, event)) {
    const { node_id, status, battery_level, location, sensors, firmware_version, capabilities } = event.data;
    const registration = {
      location: locationJson(location),
      sensors: JSON.stringify(sensors),
      firmware_version,
      capabilities,
    };
    return { node_id, status, battery_level, registration };
  }
  return undefined;
};
