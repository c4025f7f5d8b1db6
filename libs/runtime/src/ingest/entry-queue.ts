/** What waits for the next append, in order, and whether it is enough for one. */
import type { Entry } from './connection-queues.ts';
import { fifo } from './fifo.ts';
import type { IngestLimits } from './limits.ts';

export type EntryQueue = {
  push(entry: Entry): void;
  /** So many queued entries have become `gone`; they are let go of when they are most of the queue. */
  gone(entries: number): void;
  /** `full`: a whole batch waits. */
  load(): 'none' | 'some' | 'full';
  /** The next batch: at most as many records and bytes as the limits say, but always one entry. */
  take(): readonly Entry[];
  /** Everything that is left. */
  drain(): readonly Entry[];
};

export const entryQueue = (limits: Pick<IngestLimits, 'batchRecordsMax' | 'batchBytesMax'>): EntryQueue => {
  const { batchRecordsMax, batchBytesMax } = limits;
  const queue = fifo<Entry>();
  let bytes = 0;
  let goneEntries = 0;

  const shift = (): Entry | undefined => {
    const next = queue.shift();
    if (next === undefined) return undefined;
    bytes -= next.sizeBytes;
    if (next.state === 'gone') goneEntries -= 1;
    return next;
  };

  return {
    push: (entry) => {
      queue.push(entry);
      bytes += entry.sizeBytes;
    },
    gone: (entries) => {
      goneEntries += entries;
      if (goneEntries * 2 < queue.length()) return;
      queue.keep(({ state, sizeBytes }) => {
        if (state !== 'gone') return true;
        bytes -= sizeBytes;
        return false;
      });
      goneEntries = 0;
    },
    load: () => {
      const waiting = queue.length() - goneEntries;
      if (waiting <= 0) return 'none';
      return waiting >= batchRecordsMax || bytes >= batchBytesMax ? 'full' : 'some';
    },
    take: () => {
      const batch: Entry[] = [];
      let taken = 0;
      while (batch.length < batchRecordsMax) {
        const next = queue.peek();
        if (next === undefined || (batch.length > 0 && taken + next.sizeBytes > batchBytesMax)) break;
        shift();
        if (next.state === 'gone') continue;
        next.state = 'sending';
        taken += next.sizeBytes;
        batch.push(next);
      }
      return batch;
    },
    drain: () => {
      const left: Entry[] = [];
      for (let next = shift(); next !== undefined; next = shift()) left.push(next);
      return left;
    },
  };
};
