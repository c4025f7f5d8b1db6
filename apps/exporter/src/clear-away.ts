/** Files whose time is over, and files that nobody will ever fetch. */
import { expireExport } from '@plenum/document';
import { plenumItself } from '@plenum/event';
import { backOff, type Files, type Logger, pause, retryUntilStopped } from '@plenum/runtime';
import type { Decide } from './decide.ts';
import { exportsFolder } from './make-export.ts';
import type { ExportWork } from './work/export-work.ts';

export type ClearParts = {
  readonly work: Pick<ExportWork, 'due' | 'removable' | 'removed' | 'keptFiles'>;
  readonly files: Pick<Files, 'list' | 'remove'>;
  readonly decide: Decide;
  readonly logger: Logger;
};

const lookEveryMs = 2_000;
const sweepEveryMs = 3_600_000;

/** Until `stop`; sooner after `woken` has aborted, which is asked for anew each time. An absent database or storage is waited for. */
export const clearAway = async (parts: ClearParts, woken: () => AbortSignal, stop: AbortSignal): Promise<void> => {
  const { logger } = parts;
  let sweepAtMs = 0;
  const turn = async (): Promise<void> => {
    await expireDue(parts);
    await removeExpired(parts);
    if (performance.now() < sweepAtMs) return;
    await sweepFiles(parts);
    sweepAtMs = performance.now() + sweepEveryMs;
  };
  while (!stop.aborted) {
    const signal = woken();
    const waiting = { logger, waiting: 'files cannot be cleared away', again: 'files are cleared away again' };
    await retryUntilStopped(turn, { ...waiting, wait: backOff(200, 5_000), stop });
    await pause(lookEveryMs, stop, signal);
  }
};

/** Decides that they have expired: from then on nobody is handed one. @throws TransientFailure */
export const expireDue = async ({ work, decide }: ClearParts): Promise<void> => {
  for (const exportId of await work.due()) {
    await decide(expireExport(exportId, plenumItself), 'expire');
  }
};

/** @throws TransientFailure */
export const removeExpired = async ({ work, files }: ClearParts): Promise<void> => {
  for (const { export_id, file } of await work.removable()) {
    await files.remove(file);
    await work.removed(export_id);
  }
};

const together = 200;

/**
 * Removes what is in storage for no export: what an exporter left that died before it was decided. What is still being made
 * stays, in this process or another. @returns how many. @throws TransientFailure
 */
export const sweepFiles = async ({ work, files, logger }: ClearParts): Promise<number> => {
  let removed = 0;
  const judge = async (names: readonly string[]): Promise<void> => {
    const kept = await work.keptFiles([...new Set(names.map(exportOf))]);
    for (const name of names) {
      const id = exportOf(name);
      const file = kept.get(id);
      if (kept.has(id) && (file === undefined || file === name)) continue;
      await files.remove(name);
      removed += 1;
    }
  };
  let names: string[] = [];
  for await (const { name } of files.list(exportsFolder)) {
    names.push(name);
    if (names.length < together) continue;
    await judge(names);
    names = [];
  }
  if (names.length > 0) await judge(names);
  if (removed > 0) logger.info({ removed }, 'files that are of no export were removed');
  return removed;
};

const exportOf = (name: string): string => name.slice(exportsFolder.length).split('/')[0] ?? '';
