/** Whether a process that was sent SIGSTOP has stopped. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Settles when every thread of it has stopped, or it is gone. SIGSTOP is carried out by one thread when that has its turn: on a busy
 * machine all others go on until then, and answer requests. Where there is no `/proc` nothing is known, and nothing is waited for.
 */
export const frozen = async (pid: number): Promise<void> => {
  while ((await threadStates(pid)).some((state) => !stopped.has(state))) await delay(1);
};

/** Stopped, dead, and ended without anybody having asked how (proc(5)). */
const stopped: ReadonlySet<string> = new Set(['T', 'X', 'Z']);

const threadStates = async (pid: number): Promise<readonly string[]> => {
  const threads = `/proc/${pid}/task`;
  const ids = await readdir(threads).catch(() => []);
  // The state stands behind the name, which is in brackets and may hold any.
  const states = await Promise.all(ids.map((id) => readFile(`${threads}/${id}/stat`, 'utf8').catch(() => ') X')));
  return states.map((stat) => stat.charAt(stat.lastIndexOf(')') + 2));
};
