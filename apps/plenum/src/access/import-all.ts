/** Imports users one after another, and tells of each. */
import { type ImportUser, importedNames } from '@plenum/admission';
import type { Surroundings } from '../command-line/command.ts';
import { readUser, type WithoutHash } from './imported-user.ts';
import type { Entry } from './read-entries.ts';

export type ImportAll = Pick<Surroundings, 'out' | 'tell' | 'stop'> & {
  readonly users: ImportUser;
  readonly entries: readonly Entry[];
  readonly withoutHash: WithoutHash;
  readonly dryRun: boolean;
  readonly json: boolean;
};

export type ImportSums = { readonly imported: number; readonly known: number; readonly refused: number };

type Told = {
  readonly place: string;
  readonly login: string | undefined;
  readonly outcome: 'imported' | 'known' | 'refused';
  readonly id?: string;
  /** The one-time password. */
  readonly secret?: string | undefined;
  readonly reason?: string;
};

/** How often it is said how far it is. */
const progressEvery = 100;

/** @throws a transient failure, after which the same can be imported again; the reason of `stop`. */
export const importAll = async (asked: ImportAll): Promise<ImportSums> => {
  const { entries, dryRun, json, out, tell, stop } = asked;
  const one = dryRun ? dryImport(asked) : realImport(asked);
  const sums = { imported: 0, known: 0, refused: 0 };
  for (const [index, entry] of entries.entries()) {
    stop.throwIfAborted();
    const told = await one(entry);
    sums[told.outcome] += 1;
    await out(json ? `${JSON.stringify(told)}\n` : lineOf(told, dryRun));
    if ((index + 1) % progressEvery === 0) tell(`plenum: ${index + 1} of ${entries.length} users\n`);
  }
  const { imported, known, refused } = sums;
  const summary = { outcome: 'done', dryRun, users: entries.length, imported, known, refused };
  const would = dryRun ? 'would be ' : '';
  await out(
    json
      ? `${JSON.stringify(summary)}\n`
      : `${entries.length} users: ${imported} ${would}imported, ${known} imported before, ${refused} refused\n`,
  );
  return sums;
};

type ImportOne = (entry: Entry) => Promise<Told>;

const realImport =
  ({ users, withoutHash }: ImportAll): ImportOne =>
  async ({ place, value }) => {
    const read = readUser(value, withoutHash);
    if (read.outcome === 'unreadable') return { place, login: read.login, outcome: 'refused', reason: read.reason };
    const { login } = read.user;
    const done = await users.import(read.user);
    if (done.outcome !== 'done') return { place, login, outcome: 'refused', reason: reasonOf(done) };
    const { id, secret, how } = done;
    const outcome = how === 'recorded' ? 'imported' : 'known';
    return { place, login, outcome, id, ...(secret === undefined ? {} : { secret }) };
  };

/** Who comes later in the file meets those who came before, as when they are really imported. */
const dryImport = ({ users, withoutHash }: ImportAll): ImportOne => {
  const taken = new Set<string>();
  const imported = new Set<string>();
  return async ({ place, value }) => {
    const read = readUser(value, withoutHash);
    if (read.outcome === 'unreadable') return { place, login: read.login, outcome: 'refused', reason: read.reason };
    const { login, importedId } = read.user;
    const would = await users.wouldImport(read.user);
    if (would.outcome === 'known') return { place, login, outcome: 'known' };
    if (would.outcome !== 'new') return { place, login, outcome: 'refused', reason: reasonOf(would) };
    const identity = JSON.stringify(importedId === undefined ? [login.toLowerCase()] : [importedId, 'id']);
    if (imported.has(identity)) return { place, login, outcome: 'known' };
    const names = importedNames(read.user);
    if (names.some((name) => taken.has(name))) {
      return { place, login, outcome: 'refused', reason: 'Somebody else in the file has this login, or this id.' };
    }
    for (const name of names) taken.add(name);
    imported.add(identity);
    return { place, login, outcome: 'imported' };
  };
};

const reasonOf = (notDone: { readonly outcome: string; readonly reason?: string }): string =>
  notDone.reason ?? 'somebody else changed the same at this moment: import it again';

const lineOf = ({ place, login, outcome, id, secret, reason }: Told, dryRun: boolean): string => {
  const who = `${place}: ${login ?? 'a user'}`;
  if (outcome === 'refused') return `${who} is refused: ${reason}\n`;
  if (outcome === 'known') return `${who} was imported before${id === undefined ? '' : `: ${id}`}\n`;
  if (dryRun) return `${who} would be imported\n`;
  const password = secret === undefined ? '' : `. One-time password, which is told this once: ${secret}`;
  return `${who} is imported: ${id}${password}\n`;
};
