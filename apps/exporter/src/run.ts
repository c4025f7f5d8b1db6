/** The exporter: takes up exports that were asked for, makes their files, and clears away what is over. */

import { documentSchema } from '@plenum/document';
import type { ExportKind } from '@plenum/domain';
import {
  backOff,
  type DocumentWriter,
  type ListenedChannel,
  type Listening,
  pause,
  type RowFormatWriter,
  retryUntilStopped,
} from '@plenum/runtime';
import { clearAway } from './clear-away.ts';
import { NotMade } from './content/refusal.ts';
import { type ExporterCounts, type OneParts, runOne } from './run-one.ts';

export type ExporterParts = Omit<OneParts, 'writerOf' | 'documentWriterOf' | 'counts'> & {
  readonly kinds: readonly ExportKind[];
  readonly rowWriters: readonly RowFormatWriter[];
  readonly documentWriters: readonly DocumentWriter[];
  /** Exports at a time. */
  readonly together: number;
  /** Hears of exports as they are asked for; without it they are looked for every second or so. */
  readonly listen: (channel: ListenedChannel) => Listening;
  readonly counts?: ExporterCounts;
};

export const exporterCounts = (): ExporterCounts => ({ made: 0, failed: 0, givenBack: 0, bytes: 0, rows: 0 });

/** A notification is a hint that may be lost, and of what was given back nobody is notified. */
const lookEveryMs = 1_000;

/**
 * Runs until `stop` aborts and what is at hand is given back. An absent database or storage is waited for.
 * @throws what is a bug of the loop itself
 */
export const runExporter = async (parts: ExporterParts, stop: AbortSignal): Promise<void> => {
  const { logger, work, together, listen, counts = exporterCounts() } = parts;
  const one: OneParts = {
    ...parts,
    counts,
    writerOf: (format) => found(parts.rowWriters, format),
    documentWriterOf: (format) => found(parts.documentWriters, format),
  };
  let woken = new AbortController();
  const wake = (): void => {
    woken.abort();
    woken = new AbortController();
  };
  const listening = listen({ channel: documentSchema, hear: wake, begun: wake });

  /** Whether there was something to do. */
  const turn = async (): Promise<boolean> => {
    const claimed = await work.claim();
    if (claimed === undefined) return false;
    await runOne(one, claimed, stop);
    return true;
  };
  const worker = async (): Promise<void> => {
    while (!stop.aborted) {
      // Taken before the look: what comes in between wakes it.
      const { signal } = woken;
      const waiting = { logger, waiting: 'exports cannot be taken up', again: 'exports are taken up again' };
      const did = await retryUntilStopped(turn, { ...waiting, wait: backOff(200, 5_000), stop });
      if (did === true) continue;
      await pause(lookEveryMs, stop, signal);
    }
  };
  try {
    await Promise.all([...Array.from({ length: together }, worker), clearAway(one, () => woken.signal, stop)]);
  } finally {
    await listening.close();
  }
};

const found = <W extends { readonly format: string }>(writers: readonly W[], format: string): W => {
  const writer = writers.find((each) => each.format === format);
  if (writer === undefined) throw new NotMade('not-possible', `Nobody writes ${format} here.`);
  return writer;
};
