/**
 * What a node is and how it is. Two clocks are kept apart: *arrival* says when somebody was heard of, and the *device's time*
 * says in which order one device said things.
 *
 * Events come in log order, which is the order of arrival. What says its time loses against what the same device said later
 * and was heard before. What says none (a will, most of all) is what was heard last, and holds. A device's clock may be
 * wrong: it is compared with itself only, and says nothing about the future, so its time counts up to the arrival.
 */
import { defineFold, defineTable, provenance, type RowOf } from '@plenum/read-model';
import type { NodeEventsRow } from './node-events.ts';

const mark = { type: 'timestamptz', nullable: true } as const;

/** Column names are those of the replaced system's `sensor_nodes`. */
export const nodesTable = defineTable({
  name: 'sensor_nodes',
  about: 'Every node that registered or reported its status.',
  columns: {
    ...provenance,
    node_id: { type: 'text', about: 'Which node.' },
    location: { type: 'jsonb', nullable: true, about: 'x, y, z and, where known, zone; as registered.' },
    sensors: {
      type: 'jsonb',
      json: 'texts',
      nullable: true,
      about: 'Sensor types, or sensor ids it claims; as registered.',
    },
    status: { type: 'text', nullable: true, about: 'online, offline, maintenance or error, as last said.' },
    battery_level: { type: 'double precision', nullable: true, about: 'Percent, as last said.' },
    last_seen: { type: 'timestamptz', about: 'When its last registration or status came.' },
    firmware_version: { type: 'text', nullable: true, about: 'As registered.' },
    capabilities: { type: 'jsonb', nullable: true, about: 'As registered.' },
    registered_time: { type: 'timestamptz', nullable: true, about: 'Effective time of the registration shown.' },
    registered_mark: { ...mark, about: 'What says less came late: no registration to show.' },
    status_time: { type: 'timestamptz', nullable: true, about: 'Effective time of the status shown.' },
    status_mark: { ...mark, about: 'What says less came late: no status to show.' },
    battery_mark: { ...mark, about: 'What says less came late: no battery level to show.' },
  },
  key: ['node_id'],
});

/** A node as known. */
export type SensorNodesRow = RowOf<typeof nodesTable>;

/**
 * Three groups of columns (registration, status, battery), each with a mark: the greatest time that was said with one of
 * its kind. A status without a battery level keeps the last one; a node that never registered is here as soon as it says
 * anything.
 */
export const sensorNodes = defineFold<NodeEventsRow, SensorNodesRow>({
  table: nodesTable,
  keyOf: ({ node_id }) => ({ node_id }),
  fold: (row, said) => {
    const before = row ?? unknownNode(said);
    const { node_id, event_id, log_partition, log_offset } = said;
    const last_seen = Math.max(before.last_seen, said.recorded_time);
    return {
      ...{ node_id, event_id, log_partition, log_offset, last_seen },
      ...registrationOf(before, said),
      ...statusOf(before, said),
      ...batteryOf(before, said),
    };
  },
});

/** Clocks that say less have not been set since they lost their battery. No status of before then is on its way any more. */
const clocksSetFromUs = Date.UTC(2020, 0) * 1000;

/** The time that a message says, up to its arrival; `undefined` of one that says none. */
const momentOf = ({ said_time, recorded_time }: NodeEventsRow): number | undefined =>
  said_time < clocksSetFromUs ? undefined : Math.min(said_time, recorded_time);

const isLate = (moment: number | undefined, marked: number | undefined): boolean =>
  moment !== undefined && marked !== undefined && moment < marked;

const greater = (marked: number | undefined, moment: number | undefined): number | undefined =>
  marked === undefined || moment === undefined ? (marked ?? moment) : Math.max(marked, moment);

type Registration = Pick<
  SensorNodesRow,
  'location' | 'sensors' | 'firmware_version' | 'capabilities' | 'registered_time' | 'registered_mark'
>;

const registrationOf = (before: SensorNodesRow, said: NodeEventsRow): Registration => {
  const { location, sensors, firmware_version, capabilities, registered_time, registered_mark } = before;
  const moment = momentOf(said);
  if (said.kind !== 'registration' || isLate(moment, registered_mark)) {
    return { location, sensors, firmware_version, capabilities, registered_time, registered_mark };
  }
  return {
    location: said.location,
    sensors: said.sensors,
    firmware_version: said.firmware_version,
    capabilities: said.capabilities,
    registered_time: said.effective_time,
    registered_mark: greater(registered_mark, moment),
  };
};

const statusOf = (
  { status, status_time, status_mark }: SensorNodesRow,
  said: NodeEventsRow,
): Pick<SensorNodesRow, 'status' | 'status_time' | 'status_mark'> => {
  const moment = momentOf(said);
  if (said.status === undefined || isLate(moment, status_mark)) return { status, status_time, status_mark };
  return { status: said.status, status_time: said.effective_time, status_mark: greater(status_mark, moment) };
};

const batteryOf = (
  { battery_level, battery_mark }: SensorNodesRow,
  said: NodeEventsRow,
): Pick<SensorNodesRow, 'battery_level' | 'battery_mark'> => {
  const moment = momentOf(said);
  if (said.battery_level === undefined || isLate(moment, battery_mark)) return { battery_level, battery_mark };
  return { battery_level: said.battery_level, battery_mark: greater(battery_mark, moment) };
};

const unknownNode = ({
  event_id,
  node_id,
  recorded_time,
  log_partition,
  log_offset,
}: NodeEventsRow): SensorNodesRow => ({
  ...{ event_id, node_id, log_partition, log_offset, last_seen: recorded_time },
  location: undefined,
  sensors: undefined,
  status: undefined,
  battery_level: undefined,
  firmware_version: undefined,
  capabilities: undefined,
  registered_time: undefined,
  registered_mark: undefined,
  status_time: undefined,
  status_mark: undefined,
  battery_mark: undefined,
});
