/** Topic names and topic filters, as MQTT (3.1.1 and 5, 4.7) allows them to be sent. */

import type { BadTopic } from './packets.ts';
import { reason } from './reason-codes.ts';
import { shownBytes, textOf, textProblem } from './utf8.ts';

/**
 * Topic names as text. Clients publish under few names again and again, so the last ones are kept: a byte is compared, and
 * neither checked nor decoded.
 */
export type TopicNames = {
  /** The name in these bytes; `undefined` when they are none under which a client may publish. */
  nameAt(bytes: Buffer, from: number, end: number): string | undefined;
};

export const topicNames = (): TopicNames => {
  const kept: string[] = []; // No memory for those who say nothing.
  return {
    nameAt: (bytes, from, end) => {
      const slot = slotOf(bytes, from, end);
      const known = kept[slot] ?? '';
      if (isSame(known, bytes, from, end)) return known;
      if (badTopicProblem(bytes, from, end) !== undefined) return undefined;
      const name = textOf(bytes, from, end);
      if (name !== undefined && name.length <= keptLengthMax && name.length === end - from) kept[slot] = name;
      return name;
    },
  };
};

const keptNames = 32;
const keptLengthMax = 256;

/** The names of a device mostly differ near their end: of ten sensors of one node all but a few have a place of their own. */
const slotOf = (bytes: Uint8Array, from: number, end: number): number => {
  let hash = end - from;
  for (let at = Math.max(from, end - hashedBytes); at < end; at += 1) hash = (hash * 31 + (bytes[at] ?? 0)) | 0;
  return hash & (keptNames - 1);
};

const hashedBytes = 12;

/** `name` is ASCII. */
const isSame = (name: string, bytes: Uint8Array, from: number, end: number): boolean => {
  const { length } = name;
  if (length !== end - from || length === 0) return false;
  for (let index = 0; index < length; index += 1) {
    if (name.charCodeAt(index) !== bytes[from + index]) return false;
  }
  return true;
};

/** What is wrong with a topic name of a PUBLISH that `nameAt` has not taken. */
export const badTopicOf = (bytes: Uint8Array, from: number, end: number): BadTopic => ({
  shown: shownBytes(bytes.subarray(from, end)),
  problem: badTopicProblem(bytes, from, end) ?? 'no topic name',
  reason: badTopicReason(bytes, from, end),
});

/** MQTT 5, 1.5.4, 3.3.4 and 4.7.2; Mosquitto answers the same where it closes. */
const badTopicReason = (bytes: Uint8Array, from: number, end: number): number => {
  if (textProblem(bytes, from, end) !== undefined) return reason.malformedPacket;
  return from < end && bytes[from] === dollar ? reason.topicNameInvalid : reason.protocolError;
};

const badTopicProblem = (bytes: Uint8Array, from: number, end: number): string | undefined =>
  from < end && bytes[from] === dollar ? ofTheServer : topicNameProblem(bytes, from, end);

const dollar = 0x24;

/** Why clients may not publish there (4.7.2). */
export const ofTheServer = 'topics that begin with $ belong to the server';

/** Why these bytes are no topic name; `undefined` when they are. Nearly all names are ASCII: one look at a table for each byte. */
export const topicNameProblem = (bytes: Uint8Array, from: number, end: number): string | undefined => {
  if (from >= end) return 'a topic name has at least one character';
  let at = from;
  while (at < end && plain[bytes[at] ?? 0] === 1) at += 1;
  return at === end ? undefined : otherProblem(bytes, from, end);
};

const otherProblem = (bytes: Uint8Array, from: number, end: number): string | undefined => {
  const problem = textProblem(bytes, from, end);
  if (problem !== undefined) return `a topic name ${problem}`;
  const name = bytes.subarray(from, end);
  return name.includes(plus) || name.includes(hash) ? holdsWildcard : undefined;
};

/** The same for what has been read as text. */
export const topicTextProblem = (name: string): string | undefined => {
  if (name === '') return 'a topic name has at least one character';
  return name.includes('+') || name.includes('#') ? holdsWildcard : undefined;
};

const holdsWildcard = 'a topic name holds a wildcard';

const plus = 0x2b;
const hash = 0x23;

/** ASCII without null and wildcards. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 0 && byte < 0x80 && byte !== plus && byte !== hash ? 1 : 0,
);

/** Why wildcards may not stand where they do in a filter [MQTT-4.7.1-1, MQTT-4.7.1-2]; `undefined` when they may. */
export const wildcardProblem = (filter: string): string | undefined => {
  if (filter === '') return 'a topic filter has at least one character';
  if (!filter.includes('+') && !filter.includes('#')) return undefined;
  const levels = filter.split('/');
  if (levels.some((level) => level !== '+' && level.includes('+'))) return '+ stands for a whole level';
  const misplaced = levels.some((level, index) => level.includes('#') && (level !== '#' || index < levels.length - 1));
  return misplaced ? '# stands for the rest, alone at the end' : undefined;
};

/** Whether a filter of MQTT 5 is one of a shared subscription (4.8.2). */
export const isShared = (filter: string): boolean => filter.startsWith('$share/');

/** Why a filter that is shared is none [MQTT-4.8.2-1, MQTT-4.8.2-2]. */
export const sharedProblem = (filter: string): string | undefined => {
  const [, name = '', ...levels] = filter.split('/');
  if (name === '' || name.includes('+') || name.includes('#')) return 'a share name has one character, and no wildcard';
  return levels.join('/') === '' ? 'a shared subscription has a topic filter' : undefined;
};
