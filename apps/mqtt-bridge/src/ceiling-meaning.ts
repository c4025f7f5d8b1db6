/** What the bridge's messages become: observations of the ceiling, or quarantined messages. */
import { hash } from 'node:crypto';
import { type ObserveTools, observe, subjectOf } from '@plenum/ceiling';
import type { Event } from '@plenum/event';
import {
  MessageQuarantined,
  type MessageQuarantinedData,
  MessagesDiscarded,
  type MessagesDiscardedData,
} from '@plenum/quarantine';
import type { Clock, Meaning } from '@plenum/runtime';

type MeaningTools = Pick<ObserveTools, 'zone' | 'newId'> & { readonly clock: Clock };

export const ceilingMeaning = ({ zone, newId, clock }: MeaningTools): Meaning => {
  const tools: ObserveTools = { zone, newId, sha1 };
  const recorded = <Data>(type: string, source: string, timeUs: number, data: Data): Event<Data> => ({
    id: newId(timeUs),
    type,
    source,
    effectiveTimeUs: timeUs,
    recordedTimeUs: timeUs,
    data,
  });
  return {
    translate: (message) => observe(message, tools),
    quarantined: (message, { code, detail, ...subject }) => {
      const { clientId, topic, payload, receivedTimeUs, refused } = message;
      const { nodeId, sensorId } = refused === undefined ? subject : subjectOf(topic);
      const data: MessageQuarantinedData = {
        client_id: clientId,
        topic,
        code,
        detail,
        node_id: nodeId,
        sensor_id: sensorId,
        payload,
        payload_length: refused?.lengthBytes ?? payload.length,
        payload_sha256: refused?.sha256 ?? hash('sha256', payload, 'hex'),
      };
      return recorded(MessageQuarantined.type, topic, receivedTimeUs, data);
    },
    discarded: ({ clientId, topic, code, messages, bytes }) => {
      const data: MessagesDiscardedData = { client_id: clientId, topic, code, messages, bytes };
      return recorded(MessagesDiscarded.type, topic, clock.nowUs(), data);
    },
  };
};

const sha1 = (bytes: Uint8Array): Uint8Array => hash('sha1', bytes, 'buffer');
