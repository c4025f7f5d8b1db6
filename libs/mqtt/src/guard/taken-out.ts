/** What the guard takes out of a stream. The broker replaces it by a stand-in. */
import { topicNameProblem } from './names.ts';
import { type OversizedPublish, qosOf } from './oversized-publish.ts';
import type { Head } from './packet-head.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { shownBytes } from './utf8.ts';

/** A topic name under which no client may publish. */
export type BadTopic = {
  /** Unlike that of any other bad name. */
  readonly shown: string;
  readonly problem: string;
};

/** A PUBLISH whose head, or all of it, is not passed on. */
export type TakenOut = Pick<OversizedPublish, 'qos' | 'dup' | 'packetId'> & {
  /** Of its payload, what is passed on behind the stand-in: nothing of an oversized one. */
  readonly payloadBytes: number;
  /** With it all that is kept of its payload. */
  readonly oversized: OversizedPublish | undefined;
  readonly badTopic: BadTopic | undefined;
};

/**
 * Checks what is in front of a PUBLISH's payload.
 * @throws {ProtocolViolation} when it cannot be acknowledged.
 */
export const badTopicOf = (bytes: Uint8Array, { flags, bodyAt, endsAt }: Head): BadTopic | undefined => {
  const hasId = (flags & 0x06) !== 0;
  const topicEnd = hasId ? endsAt - 2 : endsAt;
  if (hasId && bytes[topicEnd] === 0 && bytes[topicEnd + 1] === 0) {
    throw new ProtocolViolation('a PUBLISH with packet id 0');
  }
  const problem =
    topicEnd > bodyAt + 2 && bytes[bodyAt + 2] === dollar ? ofTheBroker : topicNameProblem(bytes, bodyAt + 2, topicEnd);
  return problem === undefined ? undefined : { shown: shownBytes(bytes.subarray(bodyAt + 2, topicEnd)), problem };
};

const dollar = 0x24;

/** Why clients may not publish there (MQTT 3.1.1, 4.7.2). */
export const ofTheBroker = 'topics that begin with $ belong to the broker';

/** A PUBLISH of which the payload is passed on. */
export const headless = (
  bytes: Uint8Array,
  { flags, endsAt }: Head,
  taken: Pick<TakenOut, 'payloadBytes' | 'badTopic'>,
): TakenOut => {
  const qos = qosOf(flags);
  const packetId = qos === 0 ? undefined : (bytes[endsAt - 2] ?? 0) * 256 + (bytes[endsAt - 1] ?? 0);
  return { ...taken, qos, dup: (flags & 0x08) !== 0, packetId, oversized: undefined };
};

/** Checks that a packet that carries nothing but a packet id carries one [MQTT-2.3.1-1]. */
export const checkPacketId = (bytes: Uint8Array, { type, bodyAt }: Head): void => {
  if (bytes[bodyAt] === 0 && bytes[bodyAt + 1] === 0) {
    throw new ProtocolViolation(`a packet of type ${type} with packet id 0`);
  }
};
