/** Names that clients of the MQTT server share, so that they meet: in sessions, topics, packet ids. */
import type { Numbers } from '@plenum/simulation';
import { below, oneOf } from '../mutate.ts';

export const clientIds = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5'];

export const topics = ['a', 'a/b', 'a/b/c', 'b', 'b/', '/', 'a//c', '\u00e9/\u{1f600}', 'x'.repeat(300), 'a/b/c/d/e/f'];

/** Some that clients may not publish on, or not at this server. */
export const badTopics = ['', '#', 'a/+', '$SYS/x', '$share/g/a', 'l/'.repeat(40), 'a\0b', '\ufeff', '\uffff'];

export const filters = [...topics, '#', '+', '+/+', 'a/#', 'a/+/c', '/#', '+/b/#', 'b/+', '#'];

export const badFilters = ['', 'a/#/b', 'a+', '$SYS/#', '$share/g/#', '$share/', '$share/+/a', 'a#', '+/'.repeat(40)];

/** Few, so that they are used again while they are in use. */
export const packetId = (numbers: Numbers): number =>
  numbers() < 0.997 ? 1 + below(numbers, 6) : oneOf(numbers, [0, 0xffff, 0x100, 1000]);

export const usually = <T>(numbers: Numbers, good: readonly T[], bad: readonly T[]): T =>
  oneOf(numbers, numbers() < 0.997 ? good : bad);
