import { randomFillSync } from 'node:crypto';
import { timeId } from '@plenum/event';

/**
 * UUIDv7s that grow in the order they are made, also within a millisecond: of two statuses without a device time that
 * arrive in the same one, the later has to win, and "later" is (effective time, id). The 12 bits behind the time count
 * within it (RFC 9562, 6.2, method 1); no process takes 4,096 messages in one.
 */
export const idsInOrder = (fill: (bytes: Uint8Array) => void = fillRandomly): ((timeUs: number) => string) => {
  let lastMs = 0;
  let count = 0;
  const pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  return (timeUs) => {
    const timeMs = Math.floor(timeUs / 1000);
    count = timeMs === lastMs ? (count + 1) & 0xfff : 0;
    lastMs = timeMs;
    if (used === poolBytes) {
      fill(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + 16);
    used += 16;
    random[6] = count >> 8;
    random[7] = count & 0xff;
    return timeId(timeMs, random);
  };
};

/** Asking the operating system for randomness costs more than using it. */
const poolBytes = 4096;

const fillRandomly = (bytes: Uint8Array): void => {
  randomFillSync(bytes);
};
