/** What has to hold of exports when everything is over: files that are made again are the same, and none is nobody's. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '@plenum/postgres';
import type { Files } from '@plenum/runtime';
import type { Site } from '../site/site.ts';
import { askedAgain } from './drawn-exports.ts';
import type { EndedExport, ExportsLoad } from './exports-load.ts';

export type ExportsVerdict = {
  /** Asked for and taken on, those of the end too. */
  readonly accepted: number;
  readonly ready: number;
  readonly failed: number;
  /** Files that were handed out, each time. */
  readonly served: number;
  /** Made again and not the same, or kept and not what is shown. */
  readonly different: number;
  readonly problems: readonly string[];
};

const againMax = 60;
const together = 4;

/** To be asked when nobody asks for exports any more and the tables have caught up. */
export const exportsVerdict = async (site: Site, load: ExportsLoad): Promise<ExportsVerdict> => {
  const different = [...(await madeAgain(load)), ...(await cleared(site))];
  const ended = load.ended();
  const accepted = load.accepted();
  const ready = ended.filter(({ end }) => end === 'ready').length;
  const failed = ended.length - ready;
  const open = accepted - ended.length;
  return {
    ...{ accepted, ready, failed, served: load.served(), different: different.length },
    problems: [
      ...load.unexpected(),
      ...(open > 0 ? [`${open} exports were accepted, and never ended`] : []),
      ...different,
    ],
  };
};

type Ready = Extract<EndedExport, { readonly end: 'ready' }>;

/** On the quiet system, those of the whole run as evenly as there is time for. */
const madeAgain = async (load: ExportsLoad): Promise<readonly string[]> => {
  const all = load.ended().flatMap((one) => {
    const body = one.end === 'ready' ? askedAgain(one.drawn, one.position) : undefined;
    return one.end === 'ready' && body !== undefined ? [{ before: one, body }] : [];
  });
  const every = Math.ceil(all.length / againMax);
  const chosen = all.filter((_, index) => index % every === 0);
  const problems: string[] = [];
  for (let at = 0; at < chosen.length; at += together) {
    const few = chosen.slice(at, at + together);
    const made = await Promise.all(few.map(({ before, body }) => load.make({ ...before.drawn, body })));
    for (const [index, now] of made.entries()) problems.push(...otherThan(few[index]?.before, now));
  }
  return problems;
};

const otherThan = (before: Ready | undefined, now: EndedExport | undefined): readonly string[] =>
  before === undefined || (now?.end === 'ready' && now.digest === before.digest)
    ? []
    : [`export ${before.id}, ${JSON.stringify(before.drawn.body)}, is another when it is made again as ${now?.id}`];

const clearedMsMax = 30_000;
const lookEveryMs = 100;

/** Started anew, exporters clear away what the killed left: then there is what exports name, with the digest that is shown. */
const cleared = async (site: Site): Promise<readonly string[]> => {
  for (const exporter of site.exporters) exporter.kill();
  const startMs = performance.now();
  for (;;) {
    const problems = await strayFiles(site);
    if (problems.length === 0 || performance.now() - startMs > clearedMsMax) return problems;
    await sleep(lookEveryMs);
  }
};

const strayFiles = async ({ database, keptFiles }: Site): Promise<readonly string[]> => {
  const files = await keptFiles.open();
  const rows = await query<{ readonly file: string; readonly digest: string }>(
    database.pool,
    "select file, digest from plenum_document.export_work where state = 'ready'",
  );
  const named = new Map(rows.map(({ file, digest }) => [file, digest]));
  const problems: string[] = [];
  const found = new Set<string>();
  for await (const { name } of files.list('')) {
    found.add(name);
    if (!named.has(name)) problems.push(`${name} is of no export`);
  }
  for (const [name, digest] of named) {
    if (!found.has(name)) problems.push(`${name} is not there`);
    else if ((await digestOf(files, name)) !== digest) problems.push(`${name} is not what its export says`);
  }
  return problems;
};

const digestOf = async (files: Files, name: string): Promise<string> => {
  const hash = createHash('sha256');
  const got = await files.get(name);
  if (got !== undefined) for await (const chunk of got.content) hash.update(chunk);
  return hash.digest('hex');
};
