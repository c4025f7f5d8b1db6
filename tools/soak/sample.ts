/** Looks at a running site from outside: at the kernel's books, at the metrics it serves, and at what it keeps. */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { childrenOf } from '../chaos/site/processes.ts';
import type { Program } from '../chaos/site/program.ts';
import type { Site } from '../chaos/site/site.ts';
import type { Measure } from './series.ts';

export type Sample = { readonly measure: Measure; readonly of: string; readonly value: number };

/** What is away at this moment is left out. */
export const sampleSite = async (site: Site): Promise<readonly Sample[]> => {
  const parts = await Promise.all([...site.programs.map((program) => sampleProgram(site, program)), sampleLag(site)]);
  const disk = {
    measure: 'disk',
    of: 'postgres',
    value: (await bytesBelow(site.server.dataDirectory)) / 2 ** 20,
  } as const;
  return [...parts.flat(), ...samplePostgres(site.server.pid()), disk];
};

const sampleProgram = async (site: Site, { name, pid }: Program): Promise<readonly Sample[]> => {
  const id = pid();
  if (id === undefined) return [];
  const loopMs = await loopDelayMs(site.metricsUrls.get(name) ?? '');
  return [
    { measure: 'memory', of: name, value: memoryMib(id, 'VmRSS') },
    { measure: 'handles', of: name, value: openFiles(id) },
    ...(loopMs === undefined ? [] : [{ measure: 'loop', of: name, value: loopMs } as const]),
  ];
};

/** Sessions share memory, which counts once: what each has for itself, and the server's own. */
const samplePostgres = (pid: number | undefined): readonly Sample[] => {
  if (pid === undefined) return [];
  const all = [pid, ...childrenOf(pid)];
  return [
    { measure: 'memory', of: 'postgres', value: all.reduce((sum, one) => sum + memoryMib(one, 'RssAnon'), 0) },
    // Each session opens a table's files when it first needs them and keeps them; what must not grow is their number.
    { measure: 'handles', of: 'postgres sessions', value: all.length },
  ];
};

export const memoryMib = (pid: number, line: 'VmRSS' | 'RssAnon'): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It ended while we looked.
  }
};

const openFiles = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0; // As above.
  }
};

const loopDelayMs = async (url: string): Promise<number | undefined> => {
  const metrics = await fetch(url).then(
    (answer) => answer.text(),
    () => '',
  );
  const found = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1];
  return found === undefined ? undefined : Number(found) * 1_000;
};

type Lag = { readonly projections: readonly { readonly projection: string; readonly records: number }[] };

const sampleLag = async ({ apiUrl, apiHeaders: headers }: Site): Promise<readonly Sample[]> => {
  const answer = await fetch(`${apiUrl}/api/v1/lag`, { headers });
  if (!answer.ok) return [];
  const { projections } = (await answer.json()) as Lag; // As the API declares it.
  return projections.map(({ projection, records }) => ({ measure: 'lag', of: projection, value: records }));
};

const bytesBelow = async (directory: string): Promise<number> => {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined); // Some come and go.
    bytes += file?.size ?? 0;
  }
  return bytes;
};
