import type { UserProperties } from './user-properties.ts';

/**
 * One recorded event, with what every event carries whatever it says.
 *
 * Times are microseconds since 1970-01-01T00:00Z as integers (`Us`): devices send microseconds, and a
 * double holds them exactly until the year 2255.
 */
export type Event<Data = unknown> = {
  /** UUID, the same for ever and on every copy of it. */
  readonly id: string;
  /** The catalogue's name for it, such as `plenum.ceiling.ReadingReported`. */
  readonly type: string;
  /** Where it was said: the MQTT topic, or the stream that decided it. */
  readonly source: string;
  /** When it counts as having happened; "latest" means greatest (effective time, id). See `effectiveTimeUs`. */
  readonly effectiveTimeUs: number;
  /** When Plenum took it. */
  readonly recordedTimeUs: number;
  readonly data: Data;
  readonly trace?: Trace;
  /** What an MQTT 5 client sent along with the message; at least one pair. */
  readonly userProperties?: UserProperties;
  /** Where it stands among the decisions about one thing. Absent for what the world reported. */
  readonly decision?: Decision;
};

/** An event that a decision made. */
export type DecidedEvent<Data = unknown> = Event<Data> & { readonly decision: Decision };

/** A decided event's place: streams are counted from 1 without holes, so a reader knows what it has and what it misses. */
export type Decision = {
  readonly stream: string;
  readonly version: number;
  /** That the stream belongs to, the same for all of its events. */
  readonly organisation: string;
  /** Given by the caller; asked again, it is the same decision. */
  readonly commandId: string;
};

/** What ties an event to the request or the event that led to it. */
export type Trace = {
  readonly traceparent?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
};
