/**
 * Deals with a server that outlived its supervisor (`kill -9`, a power button). The caller holds the directory's lock,
 * so nobody supervises it any more. It is stopped and started anew rather than adopted: only a parent hears at once
 * that its child died, and only a new start is known to run with today's settings.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from '@plenum/runtime';

const patienceMs = 30_000;
const pollMs = 20;

/** Afterwards no server runs on this data directory. */
export const stopLeftBehind = async (dataDirectory: string, logger: Logger): Promise<void> => {
  const pidFile = path.join(dataDirectory, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8').catch(() => undefined);
  const pid = Number(content?.split('\n')[0]);
  if (content === undefined || !Number.isInteger(pid) || pid <= 0 || !isTaken(pid)) return;

  if (!(await serves(pid, dataDirectory))) {
    // The id went to some other process since, or to a dead one that nobody buried. PostgreSQL would take it for a
    // running server and refuse to start; the id of its own parent, ours, it knows to be stale, and with that it still
    // does its check for orphaned backends, which it would not if the file were gone.
    logger.warn({ pid, pidFile }, 'The process id in postmaster.pid is not a server of ours any more: stale');
    await writeFile(pidFile, content.replace(/^\d+/, String(process.pid)));
    return;
  }
  logger.warn({ pid, dataDirectory }, 'A PostgreSQL server was left behind by a process that was killed: stopping it');
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    // It is nobody's child here, so there is no exit to wait for.
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
      if (!(await serves(pid, dataDirectory))) return;
      await delay(pollMs);
    }
  }
  throw new Error(`PostgreSQL process ${pid} on ${dataDirectory} was left behind and does not stop: end it by hand`);
};

/** Whether some process has this number, be it dead and not yet buried. */
export const isTaken = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Whether the process is the server of this data directory. The dead have no command line. */
const serves = async (pid: number, dataDirectory: string): Promise<boolean> =>
  `${await commandLineOf(pid)} `.includes(` -D ${dataDirectory} `);

const commandLineOf = async (pid: number): Promise<string> => {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.replaceAll('\0', ' ');
  }
  return promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
};
