/** Watches how much memory processes hold, by asking the kernel now and then. */
import { readFileSync } from 'node:fs';

export type MemoryWatch = {
  /** The most each held, in bytes, by name. */
  highest(): Readonly<Record<string, number>>;
  stop(): void;
};

const lookEveryMs = 200;

export const watchMemory = (pids: ReadonlyMap<string, () => number | undefined>): MemoryWatch => {
  const highest: Record<string, number> = {};
  const look = (): void => {
    for (const [name, pid] of pids) highest[name] = Math.max(highest[name] ?? 0, residentBytes(pid()));
  };
  const looking = setInterval(look, lookEveryMs);
  return { highest: () => highest, stop: () => clearInterval(looking) };
};

/** 0 for a process that is gone. */
export const residentBytes = (pid: number | undefined): number => {
  if (pid === undefined) return 0;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};
