// Made from `schemas/ceiling` by `npm run generate`; edit the schemas, not this file.
import type { AvroSchema } from '@plenum/event';

/** A command passed by on the broker, from any client. Not a decision of ours. */
export type CommandSeenV1 = {
  /** A node id, or all. */
  readonly target: string;
  /** Free vocabulary; status when not said. */
  readonly command: string;
  /** A JSON object as text. */
  readonly parameters: string;
  /** The sender's time exactly as it was sent. */
  readonly timestamp: string | undefined;
  /** The same as an instant. */
  readonly device_time: number | undefined;
  /** The sender's own id for this message, as sent. */
  readonly message_id: string | undefined;
};

/** `schemas/ceiling/command-seen.v1.avsc` */
export const commandSeenV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.ceiling',
  name: 'CommandSeen',
  doc: 'A command passed by on the broker, from any client. Not a decision of ours.',
  fields: [
    {
      name: 'target',
      type: 'string',
      doc: 'A node id, or all.',
    },
    {
      name: 'command',
      type: 'string',
      doc: 'Free vocabulary; status when not said.',
    },
    {
      name: 'parameters',
      type: 'string',
      default: '{}',
      doc: 'A JSON object as text.',
    },
    {
      name: 'timestamp',
      type: ['null', 'string'],
      default: null,
      doc: "The sender's time exactly as it was sent.",
    },
    {
      name: 'device_time',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'The same as an instant.',
    },
    {
      name: 'message_id',
      type: ['null', 'string'],
      default: null,
      doc: "The sender's own id for this message, as sent.",
    },
  ],
};

/** A node told what it is and which sensors it carries. */
export type NodeRegisteredV1 = {
  /** From the MQTT topic, which wins over the body. */
  readonly node_id: string;
  readonly location: NodeRegisteredLocationV1;
  /** Sensor types, or whole sensor ids that this node claims. */
  readonly sensors: readonly string[];
  /** online, offline, maintenance or error; null when not said. */
  readonly status: string | undefined;
  /** Percent, 0 to 100; null when not said. */
  readonly battery_level: number | undefined;
  /** Null when not said. */
  readonly firmware_version: string | undefined;
  /** A JSON object as text. */
  readonly capabilities: string;
  /** The device's time exactly as it was sent. */
  readonly last_seen: string | undefined;
  /** The same as an instant. */
  readonly device_time: number | undefined;
  /** The device's own id for this message, as sent. */
  readonly message_id: string | undefined;
};

/** Where, in the site's own coordinates; the demo nodes use millimetres. */
export type NodeRegisteredLocationV1 = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** A named area, where the device knows one. */
  readonly zone: string | undefined;
};

/** `schemas/ceiling/node-registered.v1.avsc` */
export const nodeRegisteredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.ceiling',
  name: 'NodeRegistered',
  doc: 'A node told what it is and which sensors it carries.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'From the MQTT topic, which wins over the body.',
    },
    {
      name: 'location',
      type: {
        type: 'record',
        name: 'Location',
        doc: "Where, in the site's own coordinates; the demo nodes use millimetres.",
        fields: [
          {
            name: 'x',
            type: 'double',
          },
          {
            name: 'y',
            type: 'double',
          },
          {
            name: 'z',
            type: 'double',
          },
          {
            name: 'zone',
            type: ['null', 'string'],
            default: null,
            doc: 'A named area, where the device knows one.',
          },
        ],
      },
    },
    {
      name: 'sensors',
      type: {
        type: 'array',
        items: 'string',
      },
      doc: 'Sensor types, or whole sensor ids that this node claims.',
    },
    {
      name: 'status',
      type: ['null', 'string'],
      default: null,
      doc: 'online, offline, maintenance or error; null when not said.',
    },
    {
      name: 'battery_level',
      type: ['null', 'double'],
      default: null,
      doc: 'Percent, 0 to 100; null when not said.',
    },
    {
      name: 'firmware_version',
      type: ['null', 'string'],
      default: null,
      doc: 'Null when not said.',
    },
    {
      name: 'capabilities',
      type: 'string',
      default: '{}',
      doc: 'A JSON object as text.',
    },
    {
      name: 'last_seen',
      type: ['null', 'string'],
      default: null,
      doc: "The device's time exactly as it was sent.",
    },
    {
      name: 'device_time',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'The same as an instant.',
    },
    {
      name: 'message_id',
      type: ['null', 'string'],
      default: null,
      doc: "The device's own id for this message, as sent.",
    },
  ],
};

/** A node said what became of a command. */
export type NodeRespondedV1 = {
  /** Whose topic it came on. */
  readonly node_id: string;
  /** UUID of the command, as the node says. */
  readonly command_id: string;
  /** executing, succeeded or failed. */
  readonly outcome: string;
  /** As the node put it. */
  readonly detail: string | undefined;
  /** A JSON object as text. */
  readonly result: string | undefined;
  /** The node's time exactly as it was sent. */
  readonly timestamp: string | undefined;
  /** The same as an instant. */
  readonly device_time: number | undefined;
  /** The node's own id for this message, as sent. */
  readonly message_id: string | undefined;
};

/** `schemas/ceiling/node-responded.v1.avsc` */
export const nodeRespondedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.ceiling',
  name: 'NodeResponded',
  doc: 'A node said what became of a command.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'Whose topic it came on.',
    },
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID of the command, as the node says.',
    },
    {
      name: 'outcome',
      type: 'string',
      doc: 'executing, succeeded or failed.',
    },
    {
      name: 'detail',
      type: ['null', 'string'],
      default: null,
      doc: 'As the node put it.',
    },
    {
      name: 'result',
      type: ['null', 'string'],
      default: null,
      doc: 'A JSON object as text.',
    },
    {
      name: 'timestamp',
      type: ['null', 'string'],
      default: null,
      doc: "The node's time exactly as it was sent.",
    },
    {
      name: 'device_time',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'The same as an instant.',
    },
    {
      name: 'message_id',
      type: ['null', 'string'],
      default: null,
      doc: "The node's own id for this message, as sent.",
    },
  ],
};

/** A node, or the will it left with the broker, said how it is. */
export type NodeStatusReportedV1 = {
  /** From the MQTT topic. */
  readonly node_id: string;
  /** online, offline, maintenance or error. */
  readonly status: string;
  /** Percent, 0 to 100; null when not said, and then the last one stands. */
  readonly battery_level: number | undefined;
  /** The device's time exactly as it was sent. */
  readonly timestamp: string | undefined;
  /** The same as an instant. */
  readonly device_time: number | undefined;
  /** The device's own id for this message, as sent. */
  readonly message_id: string | undefined;
};

/** `schemas/ceiling/node-status-reported.v1.avsc` */
export const nodeStatusReportedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.ceiling',
  name: 'NodeStatusReported',
  doc: 'A node, or the will it left with the broker, said how it is.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'From the MQTT topic.',
    },
    {
      name: 'status',
      type: 'string',
      doc: 'online, offline, maintenance or error.',
    },
    {
      name: 'battery_level',
      type: ['null', 'double'],
      default: null,
      doc: 'Percent, 0 to 100; null when not said, and then the last one stands.',
    },
    {
      name: 'timestamp',
      type: ['null', 'string'],
      default: null,
      doc: "The device's time exactly as it was sent.",
    },
    {
      name: 'device_time',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'The same as an instant.',
    },
    {
      name: 'message_id',
      type: ['null', 'string'],
      default: null,
      doc: "The device's own id for this message, as sent.",
    },
  ],
};

/** A sensor said what it measured. */
export type ReadingReportedV1 = {
  /** From the MQTT topic, which wins over the body. */
  readonly sensor_id: string;
  /** The sensor id without its _<sensor_type>; null when the id does not end so. */
  readonly node_id: string | undefined;
  /** temperature, humidity, light_level, occupancy, vibration, sound_level, air_quality, energy_consumption or panel_status. */
  readonly sensor_type: string;
  /** Finite. */
  readonly value: number;
  /** Free text, as sent. */
  readonly unit: string;
  /** The device's time exactly as it was sent. */
  readonly timestamp: string;
  /** The same as an instant. */
  readonly device_time: number;
  readonly location: ReadingReportedLocationV1;
  /** A JSON object as text, whatever the device added. */
  readonly metadata: string | undefined;
  /** The device's own id for this message, as sent. */
  readonly message_id: string | undefined;
};

/** Where, in the site's own coordinates; the demo nodes use millimetres. */
export type ReadingReportedLocationV1 = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** A named area, where the device knows one. */
  readonly zone: string | undefined;
};

/** `schemas/ceiling/reading-reported.v1.avsc` */
export const readingReportedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.ceiling',
  name: 'ReadingReported',
  doc: 'A sensor said what it measured.',
  fields: [
    {
      name: 'sensor_id',
      type: 'string',
      doc: 'From the MQTT topic, which wins over the body.',
    },
    {
      name: 'node_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The sensor id without its _<sensor_type>; null when the id does not end so.',
    },
    {
      name: 'sensor_type',
      type: 'string',
      doc: 'temperature, humidity, light_level, occupancy, vibration, sound_level, air_quality, energy_consumption or panel_status.',
    },
    {
      name: 'value',
      type: 'double',
      doc: 'Finite.',
    },
    {
      name: 'unit',
      type: 'string',
      doc: 'Free text, as sent.',
    },
    {
      name: 'timestamp',
      type: 'string',
      doc: "The device's time exactly as it was sent.",
    },
    {
      name: 'device_time',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'The same as an instant.',
    },
    {
      name: 'location',
      type: {
        type: 'record',
        name: 'Location',
        doc: "Where, in the site's own coordinates; the demo nodes use millimetres.",
        fields: [
          {
            name: 'x',
            type: 'double',
          },
          {
            name: 'y',
            type: 'double',
          },
          {
            name: 'z',
            type: 'double',
          },
          {
            name: 'zone',
            type: ['null', 'string'],
            default: null,
            doc: 'A named area, where the device knows one.',
          },
        ],
      },
    },
    {
      name: 'metadata',
      type: ['null', 'string'],
      default: null,
      doc: 'A JSON object as text, whatever the device added.',
    },
    {
      name: 'message_id',
      type: ['null', 'string'],
      default: null,
      doc: "The device's own id for this message, as sent.",
    },
  ],
};
