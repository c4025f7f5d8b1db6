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

/** An MQTT client did not sign in as a node: it was not let in, or only because nobody has to. Thinned out: a client has one of these in a minute at most. */
export type ClientRefusedV1 = {
  /** The MQTT client id. */
  readonly client_id: string;
  /** The node that it said it is; null when it said none, or what no node can be called. */
  readonly node_id: string | undefined;
  /** Why, for machines: no-credentials, unknown-node, wrong-credentials, disabled or other-client-id. */
  readonly code: string;
  /** Why, for people. The client itself hears less. */
  readonly why: string;
  /** Whether it was let in all the same, since the bridge lets in everybody. */
  readonly admitted: boolean;
  /** The bridge that says so. */
  readonly replica: string;
  /** How often since the last of these events; all but the count is of the last time. */
  readonly count: number;
};

/** `schemas/device/client-refused.v1.avsc` */
export const clientRefusedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'ClientRefused',
  doc: 'An MQTT client did not sign in as a node: it was not let in, or only because nobody has to. Thinned out: a client has one of these in a minute at most.',
  fields: [
    {
      name: 'client_id',
      type: 'string',
      doc: 'The MQTT client id.',
    },
    {
      name: 'node_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The node that it said it is; null when it said none, or what no node can be called.',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'Why, for machines: no-credentials, unknown-node, wrong-credentials, disabled or other-client-id.',
    },
    {
      name: 'why',
      type: 'string',
      doc: 'Why, for people. The client itself hears less.',
    },
    {
      name: 'admitted',
      type: 'boolean',
      doc: 'Whether it was let in all the same, since the bridge lets in everybody.',
    },
    {
      name: 'replica',
      type: 'string',
      doc: 'The bridge that says so.',
    },
    {
      name: 'count',
      type: 'int',
      doc: 'How often since the last of these events; all but the count is of the last time.',
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

/** What it is for exists, and may be commanded. */
export type CommandAcceptedV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for; none where it is for several: each has one of its own. */
  readonly node_id: string | undefined;
};

/** `schemas/device/command-accepted.v1.avsc` */
export const commandAcceptedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandAccepted',
  doc: 'What it is for exists, and may be commanded.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The node that it is for; none where it is for several: each has one of its own.',
    },
  ],
};

/** The command is not sent, because somebody took it back. */
export type CommandCancelledV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for; none where it is for several: each has one of its own. */
  readonly node_id: string | undefined;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/command-cancelled.v1.avsc` */
export const commandCancelledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandCancelled',
  doc: 'The command is not sent, because somebody took it back.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The node that it is for; none where it is for several: each has one of its own.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** The node has the command. */
export type CommandDeliveredV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** acknowledgement: its PUBACK; answer: it spoke of it. */
  readonly evidence: string;
  /** If the node has said nothing by then, it is unanswered. */
  readonly answer_by: number;
};

/** `schemas/device/command-delivered.v1.avsc` */
export const commandDeliveredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandDelivered',
  doc: 'The node has the command.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'evidence',
      type: 'string',
      doc: 'acknowledgement: its PUBACK; answer: it spoke of it.',
    },
    {
      name: 'answer_by',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'If the node has said nothing by then, it is unanswered.',
    },
  ],
};

/** The node has begun, and said so. */
export type CommandExecutingV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** The event of the node's answer. */
  readonly answer_id: string;
  /** As the node put it. */
  readonly detail: string | undefined;
  /** If the node has said nothing by then, it is unanswered. */
  readonly answer_by: number;
};

/** `schemas/device/command-executing.v1.avsc` */
export const commandExecutingV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandExecuting',
  doc: 'The node has begun, and said so.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'answer_id',
      type: 'string',
      doc: "The event of the node's answer.",
    },
    {
      name: 'detail',
      type: ['null', 'string'],
      default: null,
      doc: 'As the node put it.',
    },
    {
      name: 'answer_by',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'If the node has said nothing by then, it is unanswered.',
    },
  ],
};

/** The command reached no node in its time, and is not sent any more. */
export type CommandExpiredV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** How often it was tried. */
  readonly attempts: number;
};

/** `schemas/device/command-expired.v1.avsc` */
export const commandExpiredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandExpired',
  doc: 'The command reached no node in its time, and is not sent any more.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'attempts',
      type: 'int',
      doc: 'How often it was tried.',
    },
  ],
};

/** The node could not do it, and said so. */
export type CommandFailedV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** The event of the node's answer. */
  readonly answer_id: string;
  /** As the node put it. */
  readonly detail: string | undefined;
  /** A JSON object as text. */
  readonly result: string | undefined;
};

/** `schemas/device/command-failed.v1.avsc` */
export const commandFailedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandFailed',
  doc: 'The node could not do it, and said so.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'answer_id',
      type: 'string',
      doc: "The event of the node's answer.",
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
  ],
};

/** An attempt has certainly not reached the node. */
export type CommandNotTakenV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** Which attempt, counted from 1. */
  readonly attempt: number;
  /** not-connected; refused; or late, where its time was over before it was sent. */
  readonly why: string;
  /** A reason code of MQTT 5, where it was refused. */
  readonly reason: number | undefined;
  /** It is tried again from then on; none: no more. */
  readonly retry_at: number | undefined;
};

/** `schemas/device/command-not-taken.v1.avsc` */
export const commandNotTakenV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandNotTaken',
  doc: 'An attempt has certainly not reached the node.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'attempt',
      type: 'int',
      doc: 'Which attempt, counted from 1.',
    },
    {
      name: 'why',
      type: 'string',
      doc: 'not-connected; refused; or late, where its time was over before it was sent.',
    },
    {
      name: 'reason',
      type: ['null', 'int'],
      default: null,
      doc: 'A reason code of MQTT 5, where it was refused.',
    },
    {
      name: 'retry_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'It is tried again from then on; none: no more.',
    },
  ],
};

/** Somebody asked that a node, or several, do something. */
export type CommandRequestedV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for; none where it is for several: each has one of its own. */
  readonly node_id: string | undefined;
  /** As it was asked for: a node id, all, zone:<zone>, or nodes for a list. */
  readonly target: string;
  /** Where it is for several: those that were enrolled then. Each gets a command of its own. */
  readonly nodes: readonly string[];
  /** The command for several that it is part of. */
  readonly parent: string | undefined;
  /** What to do, in the device's own vocabulary. */
  readonly command: string;
  /** A JSON object as text. */
  readonly parameters: string;
  /** It is not sent any more from then on. */
  readonly expires_at: number;
  /** So long a node that has it may say nothing. */
  readonly answer_within_ms: number;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/command-requested.v1.avsc` */
export const commandRequestedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandRequested',
  doc: 'Somebody asked that a node, or several, do something.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The node that it is for; none where it is for several: each has one of its own.',
    },
    {
      name: 'target',
      type: 'string',
      doc: 'As it was asked for: a node id, all, zone:<zone>, or nodes for a list.',
    },
    {
      name: 'nodes',
      type: {
        type: 'array',
        items: 'string',
      },
      default: [],
      doc: 'Where it is for several: those that were enrolled then. Each gets a command of its own.',
    },
    {
      name: 'parent',
      type: ['null', 'string'],
      default: null,
      doc: 'The command for several that it is part of.',
    },
    {
      name: 'command',
      type: 'string',
      doc: "What to do, in the device's own vocabulary.",
    },
    {
      name: 'parameters',
      type: 'string',
      default: '{}',
      doc: 'A JSON object as text.',
    },
    {
      name: 'expires_at',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'It is not sent any more from then on.',
    },
    {
      name: 'answer_within_ms',
      type: 'long',
      doc: 'So long a node that has it may say nothing.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A process has claimed the command, and publishes it next. */
export type CommandSentV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** Which attempt, counted from 1. */
  readonly attempt: number;
  /** The process. */
  readonly replica: string;
  /** It is tried again from then on; none: no more. */
  readonly retry_at: number | undefined;
  /** If the node has said nothing by then, it is unanswered. */
  readonly answer_by: number;
};

/** `schemas/device/command-sent.v1.avsc` */
export const commandSentV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandSent',
  doc: 'A process has claimed the command, and publishes it next.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'attempt',
      type: 'int',
      doc: 'Which attempt, counted from 1.',
    },
    {
      name: 'replica',
      type: 'string',
      doc: 'The process.',
    },
    {
      name: 'retry_at',
      type: [
        'null',
        {
          type: 'long',
          logicalType: 'timestamp-micros',
        },
      ],
      default: null,
      doc: 'It is tried again from then on; none: no more.',
    },
    {
      name: 'answer_by',
      type: {
        type: 'long',
        logicalType: 'timestamp-micros',
      },
      doc: 'If the node has said nothing by then, it is unanswered.',
    },
  ],
};

/** The node has done it, and said so. */
export type CommandSucceededV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** The event of the node's answer. */
  readonly answer_id: string;
  /** As the node put it. */
  readonly detail: string | undefined;
  /** A JSON object as text. */
  readonly result: string | undefined;
};

/** `schemas/device/command-succeeded.v1.avsc` */
export const commandSucceededV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandSucceeded',
  doc: 'The node has done it, and said so.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'answer_id',
      type: 'string',
      doc: "The event of the node's answer.",
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
  ],
};

/** The node has the command, or may have it, and said nothing in its time: whether it did it is unknown. */
export type CommandUnansweredV1 = {
  /** UUID. */
  readonly command_id: string;
  /** The node that it is for. */
  readonly node_id: string;
  /** How far it had come: sent, delivered or executing. */
  readonly after: string;
};

/** `schemas/device/command-unanswered.v1.avsc` */
export const commandUnansweredV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'CommandUnanswered',
  doc: 'The node has the command, or may have it, and said nothing in its time: whether it did it is unknown.',
  fields: [
    {
      name: 'command_id',
      type: 'string',
      doc: 'UUID.',
    },
    {
      name: 'node_id',
      type: 'string',
      doc: 'The node that it is for.',
    },
    {
      name: 'after',
      type: 'string',
      doc: 'How far it had come: sent, delivered or executing.',
    },
  ],
};

/** The client certificate that a node signs in with is another from now on. */
export type NodeCertificateSetV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  /** The common name of its subject; null: it signs in with none. */
  readonly subject: string | undefined;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/node-certificate-set.v1.avsc` */
export const nodeCertificateSetV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeCertificateSet',
  doc: 'The client certificate that a node signs in with is another from now on.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'subject',
      type: ['null', 'string'],
      default: null,
      doc: 'The common name of its subject; null: it signs in with none.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** What we say of a node is all of this from now on. */
export type NodeChangedV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  readonly location: NodeChangedNodeLocationV1;
  /** Sensor types, or whole sensor ids: what it may publish readings of. */
  readonly sensors: readonly string[];
  /** That it is to run. */
  readonly firmware_version: string;
  /** A JSON object as text. */
  readonly capabilities: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** Where it hangs, in the site's own coordinates; millimetres by custom. */
export type NodeChangedNodeLocationV1 = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** A named area: what commands can be sent to. */
  readonly zone: string | undefined;
};

/** `schemas/device/node-changed.v1.avsc` */
export const nodeChangedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeChanged',
  doc: 'What we say of a node is all of this from now on.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'location',
      type: {
        type: 'record',
        name: 'NodeLocation',
        doc: "Where it hangs, in the site's own coordinates; millimetres by custom.",
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
            doc: 'A named area: what commands can be sent to.',
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
      doc: 'Sensor types, or whole sensor ids: what it may publish readings of.',
    },
    {
      name: 'firmware_version',
      type: 'string',
      doc: 'That it is to run.',
    },
    {
      name: 'capabilities',
      type: 'string',
      default: '{}',
      doc: 'A JSON object as text.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A node may not sign in, and is sent nothing, until it is enabled again. */
export type NodeDisabledV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/node-disabled.v1.avsc` */
export const nodeDisabledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeDisabled',
  doc: 'A node may not sign in, and is sent nothing, until it is enabled again.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A node that was disabled may sign in again. */
export type NodeEnabledV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/node-enabled.v1.avsc` */
export const nodeEnabledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeEnabled',
  doc: 'A node that was disabled may sign in again.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A node is ours from now on, and may sign in once it has a key or a certificate. */
export type NodeEnrolledV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  readonly location: NodeEnrolledNodeLocationV1;
  /** Sensor types, or whole sensor ids: what it may publish readings of. */
  readonly sensors: readonly string[];
  /** That it is to run. */
  readonly firmware_version: string;
  /** A JSON object as text. */
  readonly capabilities: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** Where it hangs, in the site's own coordinates; millimetres by custom. */
export type NodeEnrolledNodeLocationV1 = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** A named area: what commands can be sent to. */
  readonly zone: string | undefined;
};

/** `schemas/device/node-enrolled.v1.avsc` */
export const nodeEnrolledV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeEnrolled',
  doc: 'A node is ours from now on, and may sign in once it has a key or a certificate.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'location',
      type: {
        type: 'record',
        name: 'NodeLocation',
        doc: "Where it hangs, in the site's own coordinates; millimetres by custom.",
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
            doc: 'A named area: what commands can be sent to.',
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
      doc: 'Sensor types, or whole sensor ids: what it may publish readings of.',
    },
    {
      name: 'firmware_version',
      type: 'string',
      doc: 'That it is to run.',
    },
    {
      name: 'capabilities',
      type: 'string',
      default: '{}',
      doc: 'A JSON object as text.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A node was given a key to sign in with. The key itself was shown once and is recorded nowhere. */
export type NodeKeyIssuedV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  /** 8 hexadecimal digits, of this node's keys alone. */
  readonly key_id: string;
  /** SHA-256 of the key, 64 hexadecimal digits. The key is 256 bits of chance, so nobody finds it from this. */
  readonly key_hash: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/node-key-issued.v1.avsc` */
export const nodeKeyIssuedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeKeyIssued',
  doc: 'A node was given a key to sign in with. The key itself was shown once and is recorded nowhere.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'key_id',
      type: 'string',
      doc: "8 hexadecimal digits, of this node's keys alone.",
    },
    {
      name: 'key_hash',
      type: 'string',
      doc: 'SHA-256 of the key, 64 hexadecimal digits. The key is 256 bits of chance, so nobody finds it from this.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A key of a node opens nothing any more. */
export type NodeKeyRevokedV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  /** Which of its keys. */
  readonly key_id: string;
  /** Why: revoked, or not-provisioned where the broker did not take it. */
  readonly reason: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/node-key-revoked.v1.avsc` */
export const nodeKeyRevokedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeKeyRevoked',
  doc: 'A key of a node opens nothing any more.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'key_id',
      type: 'string',
      doc: 'Which of its keys.',
    },
    {
      name: 'reason',
      type: 'string',
      doc: 'Why: revoked, or not-provisioned where the broker did not take it.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};

/** A node is not ours any more. Its keys are gone; it can be enrolled anew. */
export type NodeRemovedV1 = {
  /** As in its MQTT topics. */
  readonly node_id: string;
  /** Who decided: an identity's id, or the name of a part of Plenum. */
  readonly by: string;
};

/** `schemas/device/node-removed.v1.avsc` */
export const nodeRemovedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.device',
  name: 'NodeRemoved',
  doc: 'A node is not ours any more. Its keys are gone; it can be enrolled anew.',
  fields: [
    {
      name: 'node_id',
      type: 'string',
      doc: 'As in its MQTT topics.',
    },
    {
      name: 'by',
      type: 'string',
      doc: "Who decided: an identity's id, or the name of a part of Plenum.",
    },
  ],
};
