/** What the bridge's messages become: events of the domain whose topics they are on, or quarantined messages. */
import { hash } from 'node:crypto';
import type { DomainTranslator } from '@plenum/domain';
import type { TranslateTools } from '@plenum/event';
import { messageQuarantined, messagesDiscarded } from '@plenum/quarantine';
import type { Arrival, Clock, Translator } from '@plenum/runtime';

type BridgeTools = Pick<TranslateTools, 'zone' | 'newId'> & {
  readonly domains: DomainTranslator;
  readonly clock: Clock;
};

export const bridgeTranslator = ({ domains, zone, newId, clock }: BridgeTools): Translator => {
  const tools: TranslateTools = { zone, newId, sha1 };
  /** Where the message may come again, its id is made once. */
  const idOf = (arrival: Arrival | undefined, timeUs: number): string =>
    arrival === undefined ? newId(timeUs) : (arrival.id ??= newId(timeUs));
  return {
    translate: (message) => {
      const { arrival } = message;
      if (arrival === undefined) return domains.translate(message, tools);
      return domains.translate(message, { ...tools, newId: (timeUs) => idOf(arrival, timeUs) });
    },
    quarantined: (message, { code, detail, ...said }) => {
      const { topic, payload, receivedTimeUs, refused, arrival } = message;
      const subject = refused === undefined ? said : domains.subjectOf(topic);
      const lengthBytes = refused?.lengthBytes ?? payload.length;
      const sha256 = refused?.sha256 ?? hash('sha256', payload, 'hex');
      const kept = { clientId: message.clientId, topic, payload, receivedTimeUs, lengthBytes, sha256 };
      return messageQuarantined(idOf(arrival, receivedTimeUs), kept, { code, detail, ...subject });
    },
    discarded: (counts) => {
      const timeUs = clock.nowUs();
      return messagesDiscarded(newId(timeUs), timeUs, counts);
    },
  };
};

const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);
