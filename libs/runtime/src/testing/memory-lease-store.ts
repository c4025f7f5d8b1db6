/** Leases in memory, for tests: one table, seen by as many processes as a test pretends there are. */
import { TransientFailure } from '../errors.ts';
import type { LeaseStore } from '../lease.ts';
import { systemTimer, type Timer } from '../timer.ts';

export type MemoryLeaseTable = {
  /** The table as one more process sees it. */
  open(): MemoryLeaseStore;
};

export type MemoryLeaseStore = LeaseStore & {
  /** From now on this process does not reach the table. */
  cut(): void;
  mend(): void;
};

type Row = { holder: string | undefined; epoch: bigint; untilMs: number };

export const memoryLeaseTable = (timer: Timer = systemTimer): MemoryLeaseTable => {
  const rows = new Map<string, Row>();
  return {
    open: () => {
      let reached = true;
      const look = async (): Promise<void> => {
        if (!reached) throw new TransientFailure('08006', 'the table of leases is out of reach');
      };
      return {
        take: async (name, holder, ttlMs) => {
          await look();
          const row = rows.get(name) ?? { holder: undefined, epoch: 0n, untilMs: 0 };
          rows.set(name, row);
          const leftMs = row.untilMs - timer.nowMs();
          if (row.holder !== undefined && row.holder !== holder && leftMs > 0) return { outcome: 'held', leftMs };
          if (row.holder !== holder) row.epoch += 1n;
          row.holder = holder;
          row.untilMs = timer.nowMs() + ttlMs;
          return { outcome: 'taken', epoch: row.epoch };
        },
        renew: async (name, holder, ttlMs) => {
          await look();
          const row = rows.get(name);
          if (row?.holder !== holder) return false;
          row.untilMs = timer.nowMs() + ttlMs;
          return true;
        },
        release: async (name, holder) => {
          await look();
          const row = rows.get(name);
          if (row?.holder === holder) row.holder = undefined;
        },
        cut: () => {
          reached = false;
        },
        mend: () => {
          reached = true;
        },
      };
    },
  };
};
