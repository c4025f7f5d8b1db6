/**
 * Under which name a record's key is parked: its own, or, when it is longer than any of ours, its beginning with its
 * digest. A store finds parked keys by an index, and no index takes a key of any length: a record that could not even be
 * parked would stop its partition for good. The whole key is in the log.
 */
import { hash } from 'node:crypto';

/** In UTF-16 units: three bytes each at the very most when written, well below the 2,704 that an index of PostgreSQL takes. */
const lengthMax = 500;
const shownLength = 200;

export const parkedUnder = (key: string): string =>
  key.length <= lengthMax ? key : `${key.slice(0, shownLength).toWellFormed()}… sha256:${hash('sha256', key)}`;
