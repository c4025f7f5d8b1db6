/** Users of a system that is replaced, as they were there: with its id for them, and the hash it kept of their password. */
import { createHash } from 'node:crypto';
import { createUser, type EncryptedHash, type HandledSecret, type NewUser, plainLogin, user } from '@plenum/access';
import { formatPasswordHash, oneTimePassword, type PasswordHash, parsePasswordHash } from '@plenum/credentials';
import { type NotDone, plenumItself, refused, timeId } from '@plenum/event';
import type { AccountContext } from './account-context.ts';
import { withSecret } from './handled.ts';

export type ImportedUser = Omit<NewUser, 'password'> & {
  /** What the replaced system calls them, as its tokens do. */
  readonly importedId?: string | undefined;
  /** `default`, unless given. */
  readonly organisation?: string | undefined;
  /** What it kept of their password; or a new one, shown once; or none, and then somebody has to give them one. */
  readonly password: PasswordHash | 'one-time' | 'none';
};

export type ImportUser = {
  /** The same user again changes nothing, and is `known`. @throws a transient failure */
  import(asked: ImportedUser): HandledSecret;
  /** What `import` would come to, recording nothing. @throws a transient failure */
  wouldImport(asked: ImportedUser): Promise<{ readonly outcome: 'new' | 'known' } | NotDone>;
};

/** Known by whom it imports, not by the id that is made for them. */
const importing = { name: 'access.import-user', newId: true } as const;

export const importUser = ({
  handle,
  isKnown,
  decisions,
  reads,
  encryption,
  encryptedPasswordHash,
  givable,
}: AccountContext): ImportUser => {
  const metadata = (asked: ImportedUser) => ({
    ...{ id: identityOf(asked), actor: plenumItself },
    organisation: asked.organisation,
  });
  const isImported = (asked: ImportedUser): Promise<boolean> => isKnown({ ...importing, stream: '' }, metadata(asked));
  const account = (asked: ImportedUser) => {
    const userId = timeId(Math.floor(decisions.clock.nowUs() / 1000), decisions.random.bytes16());
    const { login, name, email, role, permissions, importedId, organisation } = asked;
    return { userId, login, name, email, role, permissions, givable, importedId, organisation, actor: plenumItself };
  };
  const encryptedAs = async (
    userId: string,
    kept: PasswordHash | string | undefined,
  ): Promise<EncryptedHash | undefined> => {
    if (kept === undefined) return undefined;
    if (typeof kept === 'string') return encryptedPasswordHash(userId, kept);
    const { encrypted: bytes, encryptedWith } = encryption.encrypt(userId, formatPasswordHash(kept));
    return { bytes, encryptedWith };
  };

  return {
    import: async (asked) => {
      const { password } = asked;
      if (typeof password === 'object' && !isFitHash(password)) return unfitHash;
      const created = account(asked);
      // A known user costs no hashing, and the answer has no password that would not be theirs.
      const isNew = !(await isImported(asked));
      const secret = password === 'one-time' && isNew ? oneTimePassword() : undefined;
      const encrypted = await encryptedAs(created.userId, typeof password === 'object' ? password : secret);
      const done = await handle({ ...createUser({ ...created, encrypted }), ...importing }, metadata(asked));
      if (done.outcome === 'refused' && done.code === 'exists') return taken;
      return withSecret(done, secret);
    },
    wouldImport: async (asked) => {
      const { password } = asked;
      if (typeof password === 'object' && !isFitHash(password)) return unfitHash;
      if (await isImported(asked)) return { outcome: 'known' };
      const decided = user.decide(undefined, { do: 'create', ...account(asked) });
      if (decided.outcome === 'refused') return decided;
      const others = await reads.named(namesOf(asked));
      return others.length === 0 ? { outcome: 'new' } : taken;
    },
  };
};

/** What a user would be known by besides the id that is made here: nobody else may have it. */
export const namesOf = ({ login, importedId }: Pick<ImportedUser, 'login' | 'importedId'>): readonly string[] =>
  [login, importedId].filter((name) => name !== undefined).map(plainLogin);

/** The same for the same user of the replaced system, whatever else is said of them. */
export const identityOf = ({ login, importedId }: ImportedUser): string =>
  createHash('sha256')
    .update(importedId === undefined ? `login ${plainLogin(login)}` : `id ${importedId}`)
    .digest('hex');

const isFitHash = (credentialHash: PasswordHash): boolean =>
  parsePasswordHash(formatPasswordHash(credentialHash)) !== undefined && credentialHash.iterations <= iterationsMax;

/** Checking one takes so long that more would be a way to keep us busy. */
const iterationsMax = 10_000_000;

const taken = refused('exists', 'Somebody else has this login, or this id.');
const unfitHash = refused(
  'invalid',
  'What was kept of the password is no hash that passwords are checked against here.',
);
