/**
 * Loaded into a program before anything else: collects all garbage when it is asked to (SIGWINCH, which means nothing
 * to a program without a terminal), and writes down what is live then. SOAK_COLLECTED names the directory.
 */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Live = { readonly liveBytes: number };

setFlagsFromString('--expose-gc');
type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;
const collect = runInNewContext('gc') as Collect; // What the flag adds to a new global object.
/** Gives the kernel back what is empty then; an ordinary collection keeps it for later. */
const everything = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const;

process.on('SIGWINCH', () => {
  collect(everything);
  collect(everything); // What finalizers let go of in the first.
  const { heapUsed, external } = process.memoryUsage();
  const file = path.join(process.env.SOAK_COLLECTED ?? '', String(process.pid));
  writeFileSync(`${file}.new`, JSON.stringify({ liveBytes: heapUsed + external } satisfies Live));
  renameSync(`${file}.new`, file); // A process that waits for it finds all of it.
});
