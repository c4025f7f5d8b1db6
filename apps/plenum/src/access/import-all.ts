/** Imports what is in a file one after another, and reports each. */
import type { Surroundings } from '../command-line/command.ts';
import type { Entry } from './read-entries.ts';

export type ImportAll = Pick<Surroundings, 'out' | 'tell' | 'stop'> & {
  readonly entries: readonly Entry[];
  /** What they are called, and by which field each is reported. */
  readonly what: { readonly plural: string; readonly one: string; readonly field: string };
  readonly importOne: ImportOne;
  readonly dryRun: boolean;
  readonly json: boolean;
};

/** @throws a transient failure */
export type ImportOne = (value: unknown) => Promise<Imported>;

export type Imported = {
  /** Its field, as far as that can be read. */
  readonly who: string | undefined;
  readonly outcome: 'imported' | 'known' | 'refused';
  readonly id?: string;
  /** The one-time password. */
  readonly secret?: string;
  readonly reason?: string;
};

export type ImportCounts = { readonly imported: number; readonly known: number; readonly refused: number };

/** How often it is said how far it is. */
const progressEvery = 100;

/** @throws a transient failure, after which the same can be imported again; the reason of `stop`. */
export const importAll = async (asked: ImportAll): Promise<ImportCounts> => {
  const { entries, what, importOne, dryRun, json, out, tell, stop } = asked;
  const counts = { imported: 0, known: 0, refused: 0 };
  for (const [index, { place, value }] of entries.entries()) {
    stop.throwIfAborted();
    const { who, ...told } = await importOne(value);
    counts[told.outcome] += 1;
    const line = json
      ? JSON.stringify({ place, [what.field]: who, ...told })
      : sentence(asked, place, { who, ...told });
    await out(`${line}\n`);
    if ((index + 1) % progressEvery === 0) tell(`plenum: ${index + 1} of ${entries.length} ${what.plural}\n`);
  }
  const { imported, known, refused } = counts;
  const would = dryRun ? 'would be ' : '';
  const counted = `${imported} ${would}imported, ${known} imported before, ${refused} refused`;
  const summary = { outcome: 'done', dryRun, [what.plural]: entries.length, ...counts };
  await out(json ? `${JSON.stringify(summary)}\n` : `${entries.length} ${what.plural}: ${counted}\n`);
  return counts;
};

const sentence = (
  { what, dryRun }: ImportAll,
  place: string,
  { who, outcome, id, secret, reason }: Imported,
): string => {
  const begin = `${place}: ${who ?? what.one}`;
  if (outcome === 'refused') return `${begin} is refused: ${reason}`;
  if (outcome === 'known') return `${begin} was imported before${id === undefined ? '' : `: ${id}`}`;
  if (dryRun) return `${begin} would be imported`;
  const password = secret === undefined ? '' : `. One-time password, which is shown this once: ${secret}`;
  return `${begin} is imported: ${id}${password}`;
};
