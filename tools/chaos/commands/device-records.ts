/** What the devices of a chaos run wrote down, from their files. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceLine } from './judge-commands.ts';

const ending = '.ndjson';

type Written = {
  readonly at_ms: number;
  readonly what: string;
  readonly id: string | null;
  readonly body?: { readonly outcome?: string };
  /** Of what was turned away. */
  readonly reason?: string;
};

/** How often a node was let in, and how often it was turned away though the bridge was ready. */
export type Connections = { readonly connected: number; readonly turnedAway: number };

/** In the order of each node. To be read when nobody writes any more. */
export const deviceRecords = async (
  directory: string,
): Promise<{ readonly lines: readonly DeviceLine[]; readonly connections: Connections }> => {
  const lines: DeviceLine[] = [];
  let [connected, turnedAway] = [0, 0];
  for (const name of (await readdir(directory)).filter((one) => one.endsWith(ending))) {
    const nodeId = name.slice(0, -ending.length);
    for (const line of (await readFile(path.join(directory, name), 'utf8')).split('\n')) {
      const written = parsed(line);
      if (written?.what === 'connected') connected += 1;
      if (written?.what === 'turned-away' && !/unavailable|busy/i.test(written.reason ?? '')) turnedAway += 1;
      if (written === undefined || written.id === null) continue;
      const { id: commandId, what, at_ms: atMs, body } = written;
      lines.push({ nodeId, commandId, what, atMs, outcome: what === 'answer' ? body?.outcome : undefined });
    }
  }
  return { lines, connections: { connected, turnedAway } };
};

/** A line may be cut off by a kill, and is nothing then. */
const parsed = (line: string): Written | undefined => {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Written); // Written by the devices.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
