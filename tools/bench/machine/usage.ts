/**
 * What processes cost, read from /proc: CPU seconds, how much of the time their main thread had something to do, and the
 * most memory they ever held. And what the machine did meanwhile, since others may be using it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export type Watched = {
  readonly name: string;
  readonly pid: number;
  /** With everything it started: a PostgreSQL server is its backends. */
  readonly family?: boolean;
};

export type ProcessUsage = {
  readonly name: string;
  readonly cpuSeconds: number;
  /** Of a family, what each of its processes used that is still there, by process id. */
  readonly members?: ReadonlyMap<number, number>;
  /**
   * How much of a core it used, or how much of the time its main thread ran or waited for one, whichever is more; 0 to 1.
   * Waiting counts: a thread that is ready to run on a machine whose cores are taken has all the work it can do.
   */
  readonly busyShare: number;
  /** The most of any one process of it, since that process began. */
  readonly peakRssBytes: number;
};

export type Usage = {
  readonly seconds: number;
  readonly processes: readonly ProcessUsage[];
  /** How much of all cores' time was spent on something, 0 to 1. Waiting for a disk is not. */
  readonly machineBusyShare: number;
  /** How much of all cores' time went to processes that are none of ours. */
  readonly foreignShare: number;
  readonly loadAverage: number;
};

/** Begins to watch; the function that is returned says what happened since. */
export const watchUsage = (watched: readonly Watched[]): (() => Usage) => {
  const before = snapshot(watched);
  return () => {
    const after = snapshot(watched);
    const seconds = (after.atMs - before.atMs) / 1000;
    const processes = watched.flatMap(({ name, family }, index): readonly ProcessUsage[] => {
      const [from, to] = [before.processes[index], after.processes[index]];
      if (from === undefined || to === undefined) return [];
      const cpuSeconds = cpuBetween(from, to);
      const wanted = (to.wantedSeconds - from.wantedSeconds) / seconds;
      const busyShare = Math.min(1, Math.max(wanted, cpuSeconds / seconds));
      const members = family === true ? { members: membersBetween(from, to) } : {};
      return [{ name, cpuSeconds, busyShare, peakRssBytes: to.peakRssBytes, ...members }];
    });
    const ours = processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    const busySeconds = after.machineSeconds - before.machineSeconds;
    const capacity = seconds * availableParallelism();
    return {
      seconds,
      processes,
      machineBusyShare: busySeconds / capacity,
      foreignShare: Math.max(0, busySeconds - ours) / capacity,
      loadAverage: Number(read('/proc/loadavg').split(' ')[0]),
    };
  };
};

type Standing = {
  /** Of every process of it that is there, in seconds. */
  readonly cpu: ReadonlyMap<number, number>;
  /** Of children that have ended, in seconds. */
  readonly endedCpuSeconds: number;
  readonly wantedSeconds: number;
  readonly peakRssBytes: number;
};
type Snapshot = { readonly atMs: number; readonly processes: readonly Standing[]; readonly machineSeconds: number };

const snapshot = (watched: readonly Watched[]): Snapshot => ({
  atMs: performance.now(),
  processes: watched.map(standing),
  machineSeconds: machineSeconds(),
});

const standing = ({ pid, family }: Watched): Standing => {
  const all = family === true ? familyOf(pid) : [pid];
  return {
    cpu: new Map(all.map((one) => [one, cpuSeconds(one)])),
    endedCpuSeconds: family === true ? sum(statFields(pid).slice(13, 15).map(Number)) / ticksPerSecond : 0,
    wantedSeconds: family === true ? 0 : sum(schedule(`/proc/${pid}/task/${pid}`)),
    peakRssBytes: Math.max(...all.map(peakRssBytes)),
  };
};

/** What a child had used before, and then ended with, was not used in between. */
const cpuBetween = (from: Standing, to: Standing): number => {
  let seconds = to.endedCpuSeconds - from.endedCpuSeconds;
  for (const [pid, after] of to.cpu) seconds += after - (from.cpu.get(pid) ?? 0);
  for (const [pid, before] of from.cpu) if (!to.cpu.has(pid)) seconds -= before;
  return Math.max(seconds, 0);
};

const membersBetween = (from: Standing, to: Standing): ReadonlyMap<number, number> =>
  new Map(to.cpu.entries().map(([pid, after]) => [pid, after - (from.cpu.get(pid) ?? 0)]));

/** All threads together. The scheduler's own counts: those in `stat` are samples, and miss what runs in short turns. */
const cpuSeconds = (pid: number): number =>
  sum(list(`/proc/${pid}/task`).map((thread) => schedule(`/proc/${pid}/task/${thread}`)[0] ?? 0));

/** How long a thread has run, and how long it has waited for a core, in seconds. */
const schedule = (directory: string): readonly number[] =>
  read(`${directory}/schedstat`)
    .split(' ')
    .slice(0, 2)
    .map((nanoseconds) => Number(nanoseconds) / 1e9);

/** Linux counts hundredths, everywhere. */
const ticksPerSecond = 100;

/** What follows the name of the program, which may hold spaces and brackets. */
const statFields = (pid: number): readonly string[] => {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** A process, what it started, and what that started. */
const familyOf = (pid: number): readonly number[] => [pid, ...childrenOf(pid).flatMap(familyOf)];

const childrenOf = (parent: number): readonly number[] =>
  list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statFields(pid)[1] === String(parent));

/** The most that a process ever held. */
export const peakRssBytes = (pid: number): number => fieldKb(read(`/proc/${pid}/status`), 'VmHWM') * 1024;

/** What a process holds at this moment. */
export const rssBytes = (pid: number): number => fieldKb(read(`/proc/${pid}/status`), 'VmRSS') * 1024;

const fieldKb = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);

/** How many files and sockets a process of this machine may have open: Node lets itself have as many as it can. */
export const openFilesMax = (): number =>
  Number(/^Max open files\s+\S+\s+(\d+)/m.exec(read('/proc/self/limits'))?.[1] ?? Number.POSITIVE_INFINITY);

/** User, nice, system, and interrupts; neither idle nor waiting for a disk, nor what the hypervisor gave to others. */
const machineSeconds = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (read('/proc/stat').split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
};

/** Empty when the process is gone. */
const read = (file: string): string => whileThere(() => readFileSync(file, 'latin1'), '');
const list = (directory: string): readonly string[] => whileThere(() => readdirSync(directory), []);

const whileThere = <T>(look: () => T, gone: T): T => {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return gone;
    throw error;
  }
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
