// Made from `schemas/device` by `npm run generate`; edit the schemas, not this file.
import type { AvroSchema } from '@plenum/event';

/** An MQTT client connected to a replica of the MQTT listener, and was let in. */
export type ClientConnectedV1 = {
  /** The MQTT client id. */
  readonly client_id: string;
  /** The bridge it is connected to. */
  readonly replica: string;
  /** A UUID of this connection, in all of its events. */
  readonly connection_id: string;
  /** When, by the clock of the replica. */
  readonly connected_time: number;
  /** The version of MQTT: 3.1, 3.1.1 or 5. */
  readonly protocol: string;
  /** The user name that it gave; null when it gave none. */
  readonly user_name: string | undefined;
  /** The keepalive in seconds that holds for the connection; 0 for none. */
  readonly keepalive_s: number;
};

/** `schemas/device/client-connected.v1.avsc` */
export const clientConnectedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'ClientConnected',
  doc: 'An MQTT client connected to a replica of the MQTT listener, and was let in.',
  fields: [
    {
      name: 'client_id',
      type: 'string',
      doc: 'The MQTT client id.',
    },
    {
      name: 'replica',
      type: 'string',
      doc: 'The bridge it is connected to.',
    },
    {
      name: 'connection_id',
      type: 'string',
      doc: 'A UUID of this connection, in all of its events.',
    },
    {
      name: 'connected_time',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'When, by the clock of the replica.',
    },
    {
      name: 'protocol',
      type: 'string',
      doc: 'The version of MQTT: 3.1, 3.1.1 or 5.',
    },
    {
      name: 'user_name',
      type: ['null', 'string'],
      default: null,
      doc: 'The user name that it gave; null when it gave none.',
    },
    {
      name: 'keepalive_s',
      type: 'int',
      doc: 'The keepalive in seconds that holds for the connection; 0 for none.',
    },
  ],
};

/** A connection of an MQTT client ended; or the bridge it was connected to is gone, and another one has its session. */
export type ClientDisconnectedV1 = {
  /** The MQTT client id. */
  readonly client_id: string;
  /** The bridge that says so. */
  readonly replica: string;
  /** The connection, as in ClientConnected; null: every one that it had until then, wherever. */
  readonly connection_id: string | undefined;
  /** When the connection began; null with connection_id. */
  readonly connected_time: number | undefined;
  /** When it ended, or was found to be gone. */
  readonly disconnected_time: number;
  /** When its last packet came; null where nobody knows. */
  readonly last_packet_time: number | undefined;
  /** client: it said so. lost: the connection broke. keepalive, taken-over, violation, shutdown, refused: the bridge ended it. server-gone: its bridge is gone. */
  readonly reason: string;
};

/** `schemas/device/client-disconnected.v1.avsc` */
export const clientDisconnectedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'ClientDisconnected',
  doc: 'A connection of an MQTT client ended; or the bridge it was connected to is gone, and another one has its session.',
  fields: [
    {
      name: 'client_id',
      type: 'string',
      doc: 'The MQTT client id.',
    },
    {
      name: 'replica',
      type: 'string',
      doc: 'The bridge that says so.',
    },
    {
      name: 'connection_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The connection, as in ClientConnected; null: every one that it had until then, wherever.',
    },
    {
      name: 'connected_time',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'When the connection began; null with connection_id.',
    },
    {
      name: 'disconnected_time',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'When it ended, or was found to be gone.',
    },
    {
      name: 'last_packet_time',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'When its last packet came; null where nobody knows.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: 'client: it said so. lost: the connection broke. keepalive, taken-over, violation, shutdown, refused: the bridge ended it. server-gone: its bridge is gone.',
    },
  ],
};

/** An MQTT client was still there. Thinned out: a connection has one of these in an interval at most. */
export type ClientSeenV1 = {
  /** The MQTT client id. */
  readonly client_id: string;
  /** The bridge it is connected to. */
  readonly replica: string;
  /** The connection, as in ClientConnected. */
  readonly connection_id: string;
  /** When the connection began. */
  readonly connected_time: number;
  /** When its last packet came. */
  readonly last_packet_time: number;
};

/** `schemas/device/client-seen.v1.avsc` */
export const clientSeenV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'ClientSeen',
  doc: 'An MQTT client was still there. Thinned out: a connection has one of these in an interval at most.',
  fields: [
    {
      name: 'client_id',
      type: 'string',
      doc: 'The MQTT client id.',
    },
    {
      name: 'replica',
      type: 'string',
      doc: 'The bridge it is connected to.',
    },
    {
      name: 'connection_id',
      type: 'string',
      doc: 'The connection, as in ClientConnected.',
    },
    {
      name: 'connected_time',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'When the connection began.',
    },
    {
      name: 'last_packet_time',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'When its last packet came.',
    },
  ],
};
