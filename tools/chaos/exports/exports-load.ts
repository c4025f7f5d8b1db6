/**
 * A client of the API that asks for exports all the time, several at once, looks for the file of each from its first moment,
 * and deletes some that it has got. It keeps account of what came of each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededNumbers } from '@plenum/simulation';
import { type ApiAnswer, type Asking, isDone } from '../asking.ts';
import { between } from '../numbers.ts';
import type { Site } from '../site/site.ts';
import { type DrawnExport, drawnExport, type Exportable } from './drawn-exports.ts';
import { servedFile } from './served-file.ts';

export type EndedExport = { readonly id: string; readonly drawn: DrawnExport } & (
  | { readonly end: 'ready'; readonly digest: string; readonly position: string }
  | { readonly end: 'failed' }
);

export type ExportsLoad = {
  /** Settles when exports are asked for: what they are of is there. */
  readonly begun: Promise<void>;
  /** How many were asked for, and are to be made. */
  accepted(): number;
  /** What came of them. */
  ended(): readonly EndedExport[];
  /** How often a file was handed out to its end. */
  served(): number;
  /** What must not be, in words. */
  unexpected(): readonly string[];
  /** Asks for one more, and settles when it has ended; `undefined` when it did not. */
  make(drawn: DrawnExport): Promise<EndedExport | undefined>;
  /** Settles when each kind was asked for, and all that was asked for has ended. */
  stop(): Promise<void>;
  /** At once. */
  abandon(): Promise<void>;
};

type ExportsSite = Pick<Site, 'apiUrl' | 'apiHeaders'>;

const pauseMs = 100;
const lookEveryMs = 60;
const togetherMax = 4;
const turnsMin = 10;
/** A lease, a frozen exporter, and a position that frozen projectors come to late. */
const endedMsMax = 120_000;
/** What is kept at most: the rest of the slots that one user has is left. */
const keptMax = 100;

export const startExports = (site: ExportsSite, seed: number, asking: Asking): ExportsLoad => {
  const stopping = new AbortController();
  const account: Account = { unexpected: [], ended: [], accepted: 0, served: 0 };
  const { unexpected, ended } = account;
  let kept = 0;
  const numbers = seededNumbers(seed + 1);
  const make = (drawn: DrawnExport) => makeOne({ site, asking, account }, drawn);

  const keepOrDelete = async (one: EndedExport | undefined): Promise<void> => {
    if (one?.end !== 'ready') return;
    kept += 1;
    if (kept <= keptMax && numbers() < 0.7) return;
    const deleted = await asking.ask({ what: 'delete an export', method: 'DELETE', path: `/exports/${one.id}` });
    if (!isDone(deleted)) return;
    kept -= 1;
    const now = await servedFile(site, one.id);
    if (now.outcome === 'served') unexpected.push(`export ${one.id} was deleted, and its file is served`);
  };

  const begun = Promise.withResolvers<void>();
  const going = (async () => {
    const projects = await makeProjects(site, asking);
    begun.resolve();
    if (projects === undefined) return;
    for (let turn = 0; !asking.abandoned.aborted && !(stopping.signal.aborted && turn >= turnsMin); ) {
      const together = Array.from({ length: between(numbers, 1, togetherMax) }, () => {
        const drawn = drawnExport(numbers, { ...projects, positions: positionsOf(ended), nowMs: Date.now() }, turn);
        turn += 1;
        return drawn;
      });
      for (const one of await Promise.all(together.map(make))) await keepOrDelete(one);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })()
    .catch((error: unknown) => void unexpected.push(`the client of exports ended: ${String(error)}`))
    .finally(begun.resolve);

  return {
    begun: begun.promise,
    accepted: () => account.accepted,
    ended: () => ended,
    served: () => account.served,
    unexpected: () => unexpected,
    make,
    stop: async () => {
      stopping.abort();
      await going;
    },
    abandon: async () => {
      stopping.abort();
      asking.abandon();
      await going;
    },
  };
};

type Account = { readonly unexpected: string[]; readonly ended: EndedExport[]; accepted: number; served: number };

type Making = { readonly site: ExportsSite; readonly asking: Asking; readonly account: Account };

/** `undefined`: it was refused, as it had to be or not, or did not end. */
const makeOne = async ({ site, asking, account }: Making, drawn: DrawnExport): Promise<EndedExport | undefined> => {
  const { unexpected, ended } = account;
  const what = `export ${JSON.stringify(drawn.body)}`;
  const answer = await asking.ask({ what: 'ask for an export', method: 'POST', path: '/exports', body: drawn.body });
  if (answer === undefined) return undefined;
  if (answer.status >= 400) {
    if (drawn.expected !== 'refused') unexpected.push(`${what} was refused: ${JSON.stringify(answer.body)}`);
    return undefined;
  }
  if (drawn.expected === 'refused') unexpected.push(`${what} was accepted`);
  account.accepted += 1;
  const id = String(answer.body.id);
  const came = await endOf(site, id, asking.abandoned);
  account.served += came.served;
  unexpected.push(...came.problems.map((problem) => `${what}: ${problem}`));
  const { row } = came;
  if (row === undefined) {
    if (!asking.abandoned.aborted) unexpected.push(`${what} did not end within ${endedMsMax / 1_000} s`);
    return undefined;
  }
  const one = endedAs(id, drawn, row);
  ended.push(one);
  const end = one.end === 'ready' ? 'ready' : String(row.code);
  if (end !== drawn.expected) unexpected.push(`${what} ended ${end}, and not ${drawn.expected}: ${row.reason}`);
  return one;
};

const positionsOf = (ended: readonly EndedExport[]): readonly string[] =>
  ended.flatMap((one) => (one.end === 'ready' && one.drawn.body.kind === 'readings' ? [one.position] : []));

type Row = ApiAnswer['body'];

const endedAs = (id: string, drawn: DrawnExport, { state, digest, position }: Row): EndedExport =>
  state === 'ready'
    ? { id, drawn, end: 'ready', digest: String(digest), position: String(position) }
    : { id, drawn, end: 'failed' };

type End = { readonly row: Row | undefined; readonly served: number; readonly problems: readonly string[] };

/** Asks for its file all the time, so that one that is there too early is seen, until what is shown of it says how it ended. */
const endOf = async (site: ExportsSite, id: string, abandoned: AbortSignal): Promise<End> => {
  const startMs = performance.now();
  const problems: string[] = [];
  const digests = new Set<string>();
  let served = 0;
  while (!abandoned.aborted && performance.now() - startMs < endedMsMax) {
    const file = await servedFile(site, id);
    if (file.outcome === 'served') {
      served += 1;
      problems.push(...file.problems);
      digests.add(file.digest);
    }
    const row = await rowOf(site, `/exports/${id}`);
    const isReady = row?.state === 'ready';
    if (row?.state === 'failed' || (isReady && file.outcome === 'served')) {
      if (row.state === 'failed' && digests.size > 0) problems.push('it failed, and a file was served');
      const other = [...digests].filter((digest) => digest !== row.digest);
      if (isReady && other.length > 0) problems.push(`${other.join()} was served, and ${row.digest} is shown`);
      return { row, served, problems };
    }
    await sleep(lookEveryMs);
  }
  return { row: undefined, served, problems };
};

/** `undefined`: it is not shown yet, or nobody answers. */
const rowOf = async ({ apiUrl, apiHeaders: headers }: ExportsSite, path: string): Promise<Row | undefined> => {
  try {
    const response = await fetch(`${apiUrl}/api/v1${path}`, { headers, signal: AbortSignal.timeout(15_000) });
    const row = (await response.json()) as Row; // Every answer is an object.
    return response.ok ? row : undefined;
  } catch {
    return undefined; // It was killed, or is frozen.
  }
};

/** Longer than a database that is killed may take back what tables showed. */
const settledMs = 2_000;

const measurements = { length_mm: 12_400, width_mm: 8_600, perimeter_gap_mm: 200, panel_gap_mm: 50 };

/** Shown, so that a document of them can be made; they do not change any more. `undefined`: it was given up before. */
const makeProjects = async (
  site: ExportsSite,
  { ask, abandoned }: Asking,
): Promise<Pick<Exportable, 'laidOut' | 'notLaidOut'> | undefined> => {
  const made: string[] = [];
  for (const name of ['With a layout', 'Without one']) {
    const answer = await ask({ what: 'create a project', method: 'POST', path: '/ceilings', body: { name } });
    const path = `/ceilings/${answer?.body.id}`;
    made.push(String(answer?.body.id));
    await ask({ what: 'measure a ceiling', method: 'PUT', path: `${path}/measurements`, body: measurements });
  }
  const [laidOut = '', notLaidOut = ''] = made;
  await ask({ what: 'lay a ceiling out', method: 'POST', path: `/ceilings/${laidOut}/layout`, body: {} });
  while (!abandoned.aborted) {
    const [one, other] = await Promise.all(made.map((id) => rowOf(site, `/ceilings/${id}`)));
    if (other?.length_mm !== undefined && one?.status === 'calculated') break;
    await sleep(lookEveryMs);
  }
  await sleep(settledMs);
  return abandoned.aborted ? undefined : { laidOut, notLaidOut };
};
