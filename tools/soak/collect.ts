/**
 * What a process holds right after it has collected its garbage. What lies about in between says how much an engine has
 * put off, and a process with little to do puts it off for a quarter of an hour; what is left says whether anything grows.
 */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { signalTo } from '../chaos/site/processes.ts';
import type { Site, SiteSettings } from '../chaos/site/site.ts';
import type { Live } from './collector.ts';
import { memoryMib, type Sample } from './sample.ts';

/** What a site has to be started with for this. */
export const collectable = (directory: string): Pick<SiteSettings, 'preload'> => ({
  preload: {
    module: pathToFileURL(path.join(import.meta.dirname, 'collector.ts')).href,
    environment: { SOAK_COLLECTED: directory },
  },
});

/** Makes every program collect. @throws when one does not answer: it could not be judged. */
export const sampleCollected = async (site: Site, directory: string): Promise<readonly Sample[]> => {
  const samples = await Promise.all(
    site.programs.map(async ({ name, pid }): Promise<readonly Sample[]> => {
      const id = pid();
      if (id === undefined) return []; // It has crashed, which is a problem of its own.
      const { liveBytes } = await collected(name, id, path.join(directory, String(id)));
      return [
        { measure: 'live', of: name, value: liveBytes / 2 ** 20 },
        { measure: 'collected', of: name, value: memoryMib(id, 'VmRSS') },
      ];
    }),
  );
  return samples.flat();
};

const patienceMs = 10_000;
const lookMs = 50;

const collected = async (name: string, pid: number, file: string): Promise<Live> => {
  rmSync(file, { force: true });
  signalTo(pid, 'SIGWINCH');
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    await sleep(lookMs);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Live; // As `collector.ts` writes it.
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new Error(`${name} did not collect its garbage within ${patienceMs} ms`);
};
