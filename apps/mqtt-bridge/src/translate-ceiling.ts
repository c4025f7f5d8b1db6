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
import type { Arrival, Clock, Translator } from '@plenum/runtime';

type TranslatorTools = Pick<ObserveTools, 'zone' | 'newId'> & { readonly clock: Clock };

export const ceilingTranslator = ({ zone, newId, clock }: TranslatorTools): Translator => {
  const tools: ObserveTools = { zone, newId, sha1 };
  /** Where the message may come again, its id is made once. */
  const idOf = (arrival: Arrival | undefined, timeUs: number): string =>
    arrival === undefined ? newId(timeUs) : (arrival.id ??= newId(timeUs));
  const recorded = <Data>(id: string, { type, source, timeUs, data }: Recorded<Data>): Event<Data> => ({
    id,
    type,
    source,
    effectiveTimeUs: timeUs,
    recordedTimeUs: timeUs,
    data,
  });
  return {
    translate: (message) => {
      const { arrival } = message;
      return observe(message, arrival === undefined ? tools : { ...tools, newId: (timeUs) => idOf(arrival, timeUs) });
    },
    quarantined: (message, { code, detail, ...subject }) => {
      const { clientId, topic, payload, receivedTimeUs, refused, arrival } = message;
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
      const { type } = MessageQuarantined;
      return recorded(idOf(arrival, receivedTimeUs), { type, source: topic, timeUs: receivedTimeUs, data });
    },
    discarded: ({ clientId, topic, code, messages, bytes }) => {
      const data: MessagesDiscardedData = { client_id: clientId, topic, code, messages, bytes };
      const timeUs = clock.nowUs();
      return recorded(newId(timeUs), { type: MessagesDiscarded.type, source: topic, timeUs, data });
    },
  };
};

type Recorded<Data> = {
  readonly type: string;
  readonly source: string;
  readonly timeUs: number;
  readonly data: Data;
};

const sha1 = (bytes: Uint8Array): Uint8Array => hash('sha1', bytes, 'buffer');
