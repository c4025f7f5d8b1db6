/**
 * Readings of sensors whose names look alike as bytes, some of them no text at all. What is acknowledged has to be in the
 * log under its own name, once; and what is not a name is never acknowledged, nor taken for another.
 */
import { createHash, randomUUID } from 'node:crypto';
import { topics } from '@plenum/catalogue';
import { isEvent } from '@plenum/event';
import { connectPacket, type RawClient, rawTcp } from '@plenum/mqtt/testing';
import { MessageQuarantined, type MessageQuarantinedData } from '@plenum/quarantine';
import type { Numbers } from '@plenum/simulation';
import type { Site } from '../../chaos/site/site.ts';
import { below, oneOf } from '../mutate.ts';

/** A reading that was sent, under a name of its own choice. */
export type LookAlike = {
  readonly eventId: string;
  readonly sha256: string;
  /** Its sensor's name, as hexadecimal digits. */
  readonly name: string;
  /** `undefined` when its name is no text. */
  readonly topic: string | undefined;
  /** The bytes of its PUBLISH. */
  readonly bytes: Uint8Array;
  readonly acknowledged: boolean;
};

const parts: readonly (readonly number[])[] = [
  [...Buffer.from('\u00fc')],
  [...Buffer.from('u\u0308')],
  [...Buffer.from('\ufffd')],
  [...Buffer.from('\u{1f600}')],
  [...Buffer.from('\\xfc')],
  [0xfc],
  [0xe4],
  [0x80],
  [0x00],
  [0xc0, 0xaf],
  [0xc1, 0xbc],
  [0xed, 0xa0, 0x80],
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
];

/** A connection's worth of them: until one is not acknowledged, or there are enough. */
export const sendLookAlikes = async (port: number, numbers: Numbers): Promise<readonly LookAlike[]> => {
  const client = rawTcp(port);
  const sent: LookAlike[] = [];
  client.send(connectPacket({ clientId: `alike-${randomUUID()}` }));
  if (!(await isAnswered(client))) return sent;
  for (let n = 0; n < 8; n += 1) {
    const name = Buffer.from([...Buffer.from('alike-'), ...oneOf(numbers, parts), ...oneOf(numbers, parts)]);
    const eventId = randomUUID();
    const payload = reading(eventId, below(numbers, 1000));
    const bytes = publish(name, payload, n + 1);
    client.send(bytes);
    const acknowledged = await isAnswered(client);
    const sha256 = createHash('sha256').update(payload).digest('hex');
    sent.push({ eventId, sha256, name: name.toString('hex'), topic: topicOf(name), bytes, acknowledged });
    if (!acknowledged) break;
  }
  client.kill();
  return sent;
};

/** `false`: the connection is closed. */
const isAnswered = (client: RawClient): Promise<boolean> =>
  client.next().then(
    () => true,
    () => false,
  );

const reading = (eventId: string, value: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      ...{ event_id: eventId, sensor_type: 'temperature', value, unit: 'C', timestamp: new Date().toISOString() },
      location: { x: 0, y: 0, z: 0 },
    }),
  );

const publish = (name: Uint8Array, payload: Uint8Array, id: number): Buffer => {
  const topic = Buffer.concat([Buffer.from('ceiling/sensors/'), name, Buffer.from('/data')]);
  const remaining = 2 + topic.length + 2 + payload.length; // From 128 to 16,383.
  const head = [0x32, (remaining % 128) | 0x80, Math.floor(remaining / 128), 0, topic.length];
  return Buffer.concat([Buffer.from(head), topic, Buffer.from([0, id]), payload]);
};

const topicOf = (name: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(name);
    return text.includes('\0') ? undefined : `ceiling/sensors/${text}/data`;
  } catch {
    return undefined;
  }
};

export type WrongLookAlike = { readonly problem: string; readonly sent: LookAlike };

/** What is wrong with what became of them. */
export const wrongLookAlikes = async (
  site: Pick<Site, 'log' | 'codec'>,
  sent: readonly LookAlike[],
): Promise<readonly WrongLookAlike[]> => {
  const { events, refused } = await recorded(site);
  const nameOf = new Map<string, string>();
  return sent.flatMap((alike) => {
    const places = events.get(alike.eventId) ?? [];
    const shown = refused.get(alike.sha256);
    const name = nameOf.get(shown ?? '') ?? alike.name;
    if (shown !== undefined) nameOf.set(shown, name);
    const problem = wrong(alike, places) ?? (name === alike.name ? undefined : `two names are shown as ${shown}`);
    return problem === undefined || (alike.topic !== undefined && shown === alike.topic)
      ? []
      : [{ problem, sent: alike }];
  });
};

const wrong = ({ topic, acknowledged }: LookAlike, places: readonly string[]): string | undefined => {
  if (topic === undefined) {
    if (acknowledged) return 'a reading under a name that is none was acknowledged';
    return places.length > 0 ? `a reading under a name that is none was taken for ${places}` : undefined;
  }
  const isKept = places.length === 1 && places[0] === topic;
  return acknowledged && !isKept ? `an acknowledged reading of ${topic} is in the log as [${places}]` : undefined;
};

type Recorded = {
  /** By id of the event: the topics under which it is in the log. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  /** By digest of what was quarantined: how its topic is shown. */
  readonly refused: ReadonlyMap<string, string>;
};

const recorded = async ({ log, codec }: Pick<Site, 'log' | 'codec'>): Promise<Recorded> => {
  const events = new Map<string, readonly string[]>();
  const refused = new Map<string, string>();
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) {
      for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
        for (const decoded of records.map((record) => codec.decode(record))) {
          if (decoded.outcome !== 'event') continue;
          const { event } = decoded;
          if (isEvent<MessageQuarantinedData>(MessageQuarantined, event)) {
            refused.set(event.data.payload_sha256, event.data.topic);
          } else {
            events.set(event.id, [...(events.get(event.id) ?? []), event.source]);
          }
        }
      }
    }
  }
  return { events, refused };
};
