/** What a message from the world becomes: an event, or a refusal with its reason. */
import type { Event } from './event.ts';
import type { Digest } from './identity.ts';
import type { ZoneOffset } from './time.ts';

/** A message as it is translated. */
export type Message = {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** When it arrived, in whole milliseconds expressed as microseconds. */
  readonly receivedTimeUs: number;
};

/** What translating needs and a pure function has not. */
export type TranslateTools = {
  /** The zone of times that come without one. */
  readonly zone: ZoneOffset;
  readonly sha1: Digest;
  /** A new UUIDv7 for an event that neither names itself nor says when it was. */
  readonly newId: (timeUs: number) => string;
};

/** The node and the sensor that a message is about, for people who ask why it was refused. */
export type MessageSubject = { readonly nodeId?: string | undefined; readonly sensorId?: string | undefined };

/** Why a message is not understood: a code for machines, a detail for people. */
export type MessageRefusal = { readonly code: string; readonly detail: string } & MessageSubject;

/** Translating is pure and total: no message makes it throw. */
export type Translation =
  | { readonly outcome: 'event'; readonly event: Event }
  | ({ readonly outcome: 'quarantine' } & MessageRefusal);

/** Why a message on a topic that reports nothing is refused. */
export const unknownTopic = (topic: string) =>
  ({ code: 'unknown-topic', detail: `no event is reported on ${JSON.stringify(topic.slice(0, 200))}` }) as const;
