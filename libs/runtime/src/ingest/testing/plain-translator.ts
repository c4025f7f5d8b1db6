import type { Event } from '@plenum/event';
import type { EventCodec } from '../../event-codec.ts';
import type { Translator } from '../message.ts';

/**
 * A domain of two rules: what begins with an exclamation mark cannot be understood, and what begins with an equals sign Plenum has
 * published itself. Data are the payload's text.
 */
export const plainTranslator: Translator = {
  isOwn: ({ payload }) => decoder.decode(payload).startsWith('='),
  translate: ({ topic, payload }) => {
    const text = decoder.decode(payload);
    if (text.startsWith('!')) return { outcome: 'quarantine', code: 'shouting', detail: text.slice(0, 100) };
    return { outcome: 'event', event: event('Said', topic, text) };
  },
  quarantined: (message, { code }) => {
    const { clientId, topic, payload, refused } = message;
    const length = refused?.lengthBytes ?? payload.length;
    const sha256 = refused?.sha256;
    return event('Quarantined', topic, { clientId, code, text: decoder.decode(payload), length, sha256 });
  },
  discarded: (counts) => event('Discarded', counts.topic, counts),
};

const decoder = new TextDecoder();

const event = (type: string, source: string, data: unknown): Event => ({
  id: `${type}-${source}`,
  type,
  source,
  effectiveTimeUs: 0,
  recordedTimeUs: 0,
  data,
});

/** Type as the log's topic, source as the key, data as JSON: easy to read back in a test. */
export const plainCodec: Pick<EventCodec, 'encode'> = {
  encode: ({ type, source, data }) => ({
    topic: type,
    key: source,
    value: new TextEncoder().encode(JSON.stringify(data)),
    headers: {},
    timestampMs: 0,
  }),
};

/** What was encoded, read back. */
export const dataOf = ({ value }: { readonly value: Uint8Array }): unknown => JSON.parse(decoder.decode(value));
