import type { Event } from '@plenum/event';
import type { LogRecord, NewRecord } from './log.ts';

/** Between events and the bytes the log keeps: Confluent wire format and CloudEvents 1.0 binary-mode headers. */
export type EventCodec = {
  /** @throws when the event's data do not fit its schema: a bug in whoever made it. */
  encode(event: Event): NewRecord;
  /** Total: bytes nobody can read come back as such, with the reason. Data are in today's shape. */
  decode(record: LogRecord): Decoded;
};

export type Decoded =
  | { readonly outcome: 'event'; readonly event: Event }
  | { readonly outcome: 'undecodable'; readonly reason: string };
