/** The wall clock of one program, to be set while it runs. See `shifted-clock.ts`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { signalTo } from './processes.ts';

export type SettableClock = {
  /** What the program has to be started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** How far it is from the real one from now on. */
  set(shiftMs: number): void;
};

const preload = pathToFileURL(path.join(import.meta.dirname, 'shifted-clock.ts')).href;

/** @param file where the shift is kept, which a program that is started again reads anew. */
export const settableClock = (file: string, pid: () => number | undefined): SettableClock => {
  writeFileSync(file, '0');
  return {
    environment: { NODE_OPTIONS: `--import=${preload}`, CHAOS_CLOCK: file },
    set: (shiftMs) => {
      writeFileSync(file, String(shiftMs));
      const running = pid();
      if (running !== undefined) signalTo(running, 'SIGUSR2');
    },
  };
};
