/** What the bridge's messages become: events of the domain whose topics they are on, or quarantined messages. */
import { hash } from 'node:crypto';
import type { DomainTranslator } from '@plenum/domain';
import {
  type Event,
  firstUserProperties,
  type TranslateTools,
  type Translation,
  type UserProperties,
  userPropertiesBeyond,
} from '@plenum/event';
import { messageQuarantined, messagesDiscarded } from '@plenum/quarantine';
import type { Arrival, Clock, Inbound, Translator } from '@plenum/runtime';

type BridgeTools = Pick<TranslateTools, 'zone' | 'newId'> & {
  readonly domains: DomainTranslator;
  readonly clock: Clock;
  /** Whether Plenum published it itself; nothing is, unless given. */
  readonly isOwn?: (message: Inbound) => boolean;
};

export const bridgeTranslator = ({ domains, zone, newId, clock, isOwn }: BridgeTools): Translator => {
  const tools: TranslateTools = { zone, newId, sha1 };
  /** Where the message may come again, its id is made once. */
  const idOf = (arrival: Arrival | undefined, timeUs: number): string =>
    arrival === undefined ? newId(timeUs) : (arrival.id ??= newId(timeUs));
  const translate = (message: Inbound): Translation => {
    const { arrival } = message;
    if (arrival === undefined) return domains.translate(message, tools);
    return domains.translate(message, { ...tools, newId: (timeUs) => idOf(arrival, timeUs) });
  };
  return {
    ...(isOwn && { isOwn }),
    translate: (message) => {
      const { userProperties, topic } = message;
      if (userProperties === undefined) return translate(message);
      const detail = userPropertiesBeyond(userProperties);
      if (detail !== undefined) {
        return { outcome: 'quarantine', code: 'out-of-range', detail, ...domains.subjectOf(topic) };
      }
      const translated = translate(message);
      if (translated.outcome === 'quarantine') return translated;
      return { outcome: 'event', event: withUserProperties(translated.event, userProperties) };
    },
    quarantined: (message, { code, detail, ...said }) => {
      const { topic, payload, receivedTimeUs, refused, arrival, userProperties } = message;
      const subject = refused === undefined ? said : domains.subjectOf(topic);
      const lengthBytes = refused?.lengthBytes ?? payload.length;
      const sha256 = refused?.sha256 ?? hash('sha256', payload, 'hex');
      const kept = { clientId: message.clientId, topic, payload, receivedTimeUs, lengthBytes, sha256 };
      const event = messageQuarantined(idOf(arrival, receivedTimeUs), kept, { code, detail, ...subject });
      return userProperties === undefined ? event : withUserProperties(event, firstUserProperties(userProperties));
    },
    discarded: (counts) => {
      const timeUs = clock.nowUs();
      return messagesDiscarded(newId(timeUs), timeUs, counts);
    },
  };
};

const withUserProperties = (event: Event, userProperties: UserProperties): Event =>
  userProperties.length === 0 ? event : { ...event, userProperties };

const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);
