/** What importing one user or one key comes to, really or as a dry run. */

import {
  type Authentication,
  type ImportedKey,
  type ImportedUser,
  importedNames,
  importedUserIdentity,
} from '@plenum/authentication';
import type { NotDone, Receipt } from '@plenum/event';
import { readOr } from './entry-fields.ts';
import type { Imported, ImportOne } from './import-all.ts';
import { keyOf } from './imported-key.ts';
import { userOf, type WithoutHash } from './imported-user.ts';

type Mode = { readonly dryRun: boolean; readonly organisation?: string | undefined };

export const importUsers = (
  { users }: Pick<Authentication, 'users'>,
  { dryRun, organisation, withoutHash }: Mode & { readonly withoutHash: WithoutHash },
): ImportOne =>
  importing<ImportedUser>({
    field: 'login',
    read: (value) => ({ ...userOf(value, withoutHash), organisation }),
    importOne: dryRun ? foretold(users.wouldImport, identities) : users.import,
  });

export const importKeys = ({ keys }: Pick<Authentication, 'keys'>, { dryRun, organisation }: Mode): ImportOne =>
  importing<ImportedKey>({
    field: 'key_id',
    read: (value) => ({ ...keyOf(value), organisation }),
    importOne: dryRun
      ? foretold(keys.wouldImport, ({ keyId, sha256 }) => ({ identity: keyId, names: [keyId, sha256] }))
      : keys.import,
  });

type Importing<T> = {
  readonly field: string;
  /** @throws Unreadable */
  readonly read: (value: unknown) => T;
  readonly importOne: (asked: T) => Promise<Foretold | Told | NotDone>;
};

type Told = Receipt & { readonly secret?: string | undefined };

const importing =
  <T>({ field, read, importOne }: Importing<T>): ImportOne =>
  async (value): Promise<Imported> => {
    const who = textIn(value, field);
    const entry = readOr(() => read(value));
    if (entry.outcome === 'unreadable') return { who, outcome: 'refused', reason: entry.reason };
    const ended = await importOne(entry.value);
    switch (ended.outcome) {
      case 'new':
        return { who, outcome: 'imported' };
      case 'known':
        return { who, outcome: 'known' };
      case 'refused':
        return { who, outcome: 'refused', reason: ended.reason };
      case 'conflict':
        return { who, outcome: 'refused', reason: 'It changed just now: import it again.' };
      case 'done': {
        const { id, secret, how } = ended;
        const outcome = how === 'recorded' ? 'imported' : 'known';
        return { who, outcome, id, ...(secret === undefined ? {} : { secret }) };
      }
    }
  };

const textIn = (value: unknown, field: string): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, field)?.value;
  return typeof found === 'string' ? found : undefined;
};

type Foretold = { readonly outcome: 'new' | 'known' };
/** Who it is, and what nobody else may be known by then. */
type Identities<T> = (asked: T) => { readonly identity: string; readonly names: readonly string[] };

/** What comes later in a file meets what came before it, as when it is really imported. */
const foretold = <T>(would: (asked: T) => Promise<Foretold | NotDone>, identitiesOf: Identities<T>) => {
  const identitiesBefore = new Set<string>();
  const namesBefore = new Set<string>();
  return async (asked: T): Promise<Foretold | NotDone> => {
    const ended = await would(asked);
    if (ended.outcome !== 'new') return ended;
    const { identity, names } = identitiesOf(asked);
    if (identitiesBefore.has(identity)) return { outcome: 'known' };
    if (names.some((name) => namesBefore.has(name))) {
      return { outcome: 'refused', code: 'exists', reason: 'Somebody else in the file is known by the same.' };
    }
    identitiesBefore.add(identity);
    for (const name of names) namesBefore.add(name);
    return ended;
  };
};

const identities: Identities<ImportedUser> = (user) => ({
  identity: importedUserIdentity(user),
  names: importedNames(user),
});
