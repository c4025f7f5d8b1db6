import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Keeps what the programs of a site said, for who looks into a failure; the site itself is removed. */
export const keepLogs = async (logs: string, cache: string, tell: (line: string) => void): Promise<void> => {
  const kept = path.join(cache, 'last-failure');
  await rm(kept, { recursive: true, force: true });
  await mkdir(kept, { recursive: true });
  await cp(logs, kept, { recursive: true });
  tell(`what the programs said is kept in ${path.relative(process.cwd(), kept)}`);
};
