import { type Event, isEvent } from '@plenum/event';
import { defineTable, provenance, type Recorded, type RowOf } from '@plenum/read-model';
import { NodeRegistered, type NodeRegisteredData, NodeStatusReported, type NodeStatusReportedData } from '../events.ts';
import { locationJson } from '../readings/sensor-data.ts';

/** What stands for the time of a message that says none: a key has no gaps. */
export const unsaid = 0;

/**
 * The ledger of what nodes said about themselves. It distinguishes a copy from another message that says the same, so
 * the state of a node may depend on the order in which things came. Node, kind and time stand in its key because a
 * device may name its messages itself, and begins to count again when it starts.
 */
export const nodeEvents = defineTable({
  name: 'node_events',
  about: 'Every registration and status once, as said.',
  columns: {
    ...provenance,
    node_id: { type: 'text', about: 'Which node.' },
    kind: { type: 'text', about: 'registration or status.' },
    said_time: { type: 'timestamptz', about: "The device's time; 1970-01-01 of what says none." },
    effective_time: {
      type: 'timestamptz',
      about: "The device's time, or of recording when it said none or ran ahead.",
    },
    recorded_time: { type: 'timestamptz', about: 'When it came.' },
    status: { type: 'text', nullable: true, about: 'online, offline, maintenance or error.' },
    battery_level: { type: 'double precision', nullable: true, about: 'Percent.' },
    location: { type: 'jsonb', nullable: true, about: 'x, y, z and, where known, zone.' },
    sensors: { type: 'jsonb', json: 'texts', nullable: true, about: 'Sensor types, or sensor ids it claims.' },
    firmware_version: { type: 'text', nullable: true, about: 'As said.' },
    capabilities: { type: 'jsonb', nullable: true, about: 'As said.' },
  },
  key: ['said_time', 'event_id', 'node_id', 'kind'],
  indexes: [['node_id', 'recorded_time']],
  partitionedBy: 'said_time',
});

/** One registration or status as kept; a field not said is `undefined` and changes nothing. */
export type NodeEventsRow = RowOf<typeof nodeEvents>;

/** The ledger row of an event, or `undefined` when it says nothing about a node. */
export const nodeEventsRow = ({ event, partition, offset }: Recorded): NodeEventsRow | undefined => {
  const said = saidBy(event);
  return (
    said && {
      ...said,
      event_id: event.id,
      effective_time: event.effectiveTimeUs,
      recorded_time: event.recordedTimeUs,
      log_partition: partition,
      log_offset: offset,
    }
  );
};

type Said = Omit<NodeEventsRow, 'event_id' | 'effective_time' | 'recorded_time' | 'log_partition' | 'log_offset'>;

const saidBy = (event: Event): Said | undefined => {
  if (isEvent<NodeStatusReportedData>(NodeStatusReported, event)) {
    const { node_id, status, battery_level, device_time: said_time = unsaid } = event.data;
    return { ...noRegistration, kind: 'status', node_id, said_time, status, battery_level };
  }
  if (isEvent<NodeRegisteredData>(NodeRegistered, event)) {
    const { node_id, status, battery_level, location, sensors, firmware_version, capabilities } = event.data;
    const registration = {
      location: locationJson(location),
      sensors: JSON.stringify(sensors),
      firmware_version,
      capabilities,
    };
    const { device_time: said_time = unsaid } = event.data;
    return { ...registration, kind: 'registration', node_id, said_time, status, battery_level };
  }
  return undefined;
};

const noRegistration = {
  location: undefined,
  sensors: undefined,
  firmware_version: undefined,
  capabilities: undefined,
};
