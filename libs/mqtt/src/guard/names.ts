/** Topic names and topic filters, as MQTT 3.1.1 (4.7) allows them to be sent. */
import { textProblem } from './utf8.ts';

/**
 * Why these bytes are no topic name; `undefined` when they are. Every PUBLISH passes here, and nearly all names are
 * ASCII: one look at a table for each byte.
 */
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
  return name.includes(plus) || name.includes(hash) ? 'a topic name holds a wildcard' : undefined;
};

const plus = 0x2b;
const hash = 0x23;

/** ASCII without null and wildcards. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 0 && byte < 0x80 && byte !== plus && byte !== hash ? 1 : 0,
);

/** Why wildcards may not stand where they do in a filter [MQTT-4.7.1-2, MQTT-4.7.1-3]; `undefined` when they may. */
export const wildcardProblem = (filter: string): string | undefined => {
  if (filter === '') return 'a topic filter has at least one character';
  const levels = filter.split('/');
  if (levels.some((level) => level !== '+' && level.includes('+'))) return '+ stands for a whole level';
  const misplaced = levels.some((level, index) => level.includes('#') && (level !== '#' || index < levels.length - 1));
  return misplaced ? '# stands for the rest, alone at the end' : undefined;
};
