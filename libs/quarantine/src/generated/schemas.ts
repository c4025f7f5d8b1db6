// Made from `schemas/quarantine` by `npm run generate`; edit the schemas, not this file.
import type { AvroSchema } from '@plenum/event';

/** A message could not be understood. Its bytes are kept, and only then was it acknowledged. */
export type MessageQuarantinedV1 = {
  /** The MQTT client that sent it. */
  readonly client_id: string;
  /** The MQTT topic. */
  readonly topic: string;
  /** Why, as a stable code. */
  readonly code: string;
  /** Why, for people. */
  readonly detail: string;
  /** The node the topic names, where it names one. */
  readonly node_id: string | undefined;
  /** The sensor the topic names, where it names one. */
  readonly sensor_id: string | undefined;
  /** As received; of an oversized message the first 4096 bytes. */
  readonly payload: Uint8Array;
  /** Bytes received, kept or not. */
  readonly payload_length: number;
  /** Of all bytes received, 64 hexadecimal digits. */
  readonly payload_sha256: string;
};

/** `schemas/quarantine/message-quarantined.v1.avsc` */
export const messageQuarantinedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.quarantine',
  name: 'MessageQuarantined',
  doc: 'A message could not be understood. Its bytes are kept, and only then was it acknowledged.',
  fields: [
    {
      name: 'client_id',
      type: 'string',
      doc: 'The MQTT client that sent it.',
    },
    {
      name: 'topic',
      type: 'string',
      doc: 'The MQTT topic.',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'Why, as a stable code.',
    },
    {
      name: 'detail',
      type: 'string',
      doc: 'Why, for people.',
    },
    {
      name: 'node_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The node the topic names, where it names one.',
    },
    {
      name: 'sensor_id',
      type: ['null', 'string'],
      default: null,
      doc: 'The sensor the topic names, where it names one.',
    },
    {
      name: 'payload',
      type: 'bytes',
      doc: 'As received; of an oversized message the first 4096 bytes.',
    },
    {
      name: 'payload_length',
      type: 'long',
      doc: 'Bytes received, kept or not.',
    },
    {
      name: 'payload_sha256',
      type: 'string',
      doc: 'Of all bytes received, 64 hexadecimal digits.',
    },
  ],
};

/** A client sent more unreadable messages than its budget; of these only the count was kept before they were acknowledged. */
export type MessagesDiscardedV1 = {
  /** The MQTT client that sent them. */
  readonly client_id: string;
  /** The MQTT topic of the last of them. */
  readonly topic: string;
  /** Why, as a stable code. */
  readonly code: string;
  /** How many. */
  readonly messages: number;
  /** Their payloads together. */
  readonly bytes: number;
};

/** `schemas/quarantine/messages-discarded.v1.avsc` */
export const messagesDiscardedV1: AvroSchema & Readonly<Record<string, unknown>> = {
  type: 'record',
  namespace: 'plenum.quarantine',
  name: 'MessagesDiscarded',
  doc: 'A client sent more unreadable messages than its budget; of these only the count was kept before they were acknowledged.',
  fields: [
    {
      name: 'client_id',
      type: 'string',
      doc: 'The MQTT client that sent them.',
    },
    {
      name: 'topic',
      type: 'string',
      doc: 'The MQTT topic of the last of them.',
    },
    {
      name: 'code',
      type: 'string',
      doc: 'Why, as a stable code.',
    },
    {
      name: 'messages',
      type: 'long',
      doc: 'How many.',
    },
    {
      name: 'bytes',
      type: 'long',
      doc: 'Their payloads together.',
    },
  ],
};
