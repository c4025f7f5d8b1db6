/** The events of what was refused: one for each message that is kept, and one for many that are only counted. */
import type { Event, MessageRefusal } from '@plenum/event';
import {
  MessageQuarantined,
  type MessageQuarantinedData,
  MessagesDiscarded,
  type MessagesDiscardedData,
} from './events.ts';

export type RefusedMessage = {
  readonly clientId: string;
  readonly topic: string;
  /** All of it, or of an oversized one the beginning. */
  readonly payload: Uint8Array;
  readonly lengthBytes: number;
  /** Of all of it; 64 hexadecimal digits. */
  readonly sha256: string;
  readonly receivedTimeUs: number;
};

/** A message that is kept as it is, with why it was refused. */
export const messageQuarantined = (
  id: string,
  { clientId, topic, payload, lengthBytes, sha256, receivedTimeUs }: RefusedMessage,
  { code, detail, nodeId, sensorId }: MessageRefusal,
): Event<MessageQuarantinedData> => ({
  id,
  type: MessageQuarantined.type,
  source: topic,
  effectiveTimeUs: receivedTimeUs,
  recordedTimeUs: receivedTimeUs,
  data: {
    client_id: clientId,
    topic,
    code,
    detail,
    node_id: nodeId,
    sensor_id: sensorId,
    payload,
    payload_length: lengthBytes,
    payload_sha256: sha256,
  },
});

export type RefusedCounts = {
  readonly clientId: string;
  readonly topic: string;
  readonly code: string;
  readonly messages: number;
  readonly bytes: number;
};

/** Messages of one client, refused for one reason, of which only these figures are kept. */
export const messagesDiscarded = (
  id: string,
  timeUs: number,
  { clientId, topic, code, messages, bytes }: RefusedCounts,
): Event<MessagesDiscardedData> => ({
  id,
  type: MessagesDiscarded.type,
  source: topic,
  effectiveTimeUs: timeUs,
  recordedTimeUs: timeUs,
  data: { client_id: clientId, topic, code, messages, bytes },
});
