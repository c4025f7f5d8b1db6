/**
 * What the authorization tables hold after they were made again. Credential hashes come back as they were encrypted; whether
 * anybody can be checked against them is a question of the master key, and is answered here.
 */
import { accessSchema } from '@plenum/access';
import { type HashEncryption, hashEncryption, type MasterKeys } from '@plenum/credentials';
import type { Sql } from '@plenum/read-model';

export type RestoredAccess = {
  readonly users: number;
  /** Of them, those whose login cannot be read, so that it is nobody's. */
  readonly withoutLogin: number;
  readonly keys: number;
  readonly sessions: number;
  readonly hashes: RestoredHashes;
  /** A sentence or two for the operator. */
  readonly summary: string;
};

/** Credential hashes by what became of them under the master keys that are set. */
export type RestoredHashes = {
  /** Checked against from now on. */
  readonly usable: number;
  /** Encrypted with a key that is not set. */
  readonly undecryptable: number;
  /** Not what was encrypted: somebody changed the bytes, or put them under another name. */
  readonly tampered: number;
};

/** `masterKeys`: without them everything is restored but the ability to log in and to use a key. @throws as `sql` */
export const restoredAccess = async (sql: Sql, masterKeys: MasterKeys | undefined): Promise<RestoredAccess> => {
  const counts = await countRows(sql);
  const hashes = await countHashes(sql, masterKeys && hashEncryption(masterKeys));
  return { ...counts, hashes, summary: summaryOf(hashes, { ...counts, hasKey: masterKeys !== undefined }) };
};

type Counts = Pick<RestoredAccess, 'users' | 'withoutLogin' | 'keys' | 'sessions'>;

const countRows = async (sql: Sql): Promise<Counts> => {
  const [counts] = await sql<Counts>(
    `select (select count(*)::int from ${accessSchema}.authorized_user) as users,
            (select count(*)::int from ${accessSchema}.authorized_user where login_hash is null) as "withoutLogin",
            (select count(*)::int from ${accessSchema}.authorized_key) as keys,
            (select count(*)::int from ${accessSchema}.authorized_session) as sessions`,
  );
  if (counts === undefined) throw new Error('the authorization tables cannot be counted');
  return counts;
};

type HashRow = { readonly subject: string; readonly encrypted: Uint8Array; readonly encrypted_with: string };

const countHashes = async (sql: Sql, encryption: HashEncryption | undefined): Promise<RestoredHashes> => {
  const rows = await sql<HashRow>(
    `select subject, encrypted, encrypted_with from ${accessSchema}.credential_hash where encrypted is not null`,
  );
  const outcomes = rows.map(({ subject, encrypted, encrypted_with: encryptedWith }) =>
    encryption === undefined ? 'other-key' : encryption.decrypt(subject, { encrypted, encryptedWith }).outcome,
  );
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { usable: count('decrypted'), undecryptable: count('other-key'), tampered: count('tampered') };
};

const encryptedLogins = 'No login can be read without it: make all of this again when it is set, with --replace.';

const lost = (withoutLogin: number, users: number): string =>
  `${withoutLogin} of ${users} users have no login: the key of the person is lost, or wrapped with another PLENUM_MASTER_KEY. ` +
  'Restore plenum_person.person_key and make all of this again with --replace, or give them a login with users change.';

const summaryOf = (
  { usable, undecryptable, tampered }: RestoredHashes,
  { hasKey, users, withoutLogin }: Counts & { readonly hasKey: boolean },
): string => {
  const all = usable + undecryptable + tampered;
  const sentences = [
    ...(hasKey ? [] : ['PLENUM_MASTER_KEY is not set: nobody can log in or use a key until it is.']),
    ...(withoutLogin === 0 ? [] : [hasKey ? lost(withoutLogin, users) : encryptedLogins]),
    ...(hasKey && undecryptable > 0
      ? [`${undecryptable} of ${all} users and keys were encrypted with another PLENUM_MASTER_KEY and cannot be used.`]
      : []),
    ...(tampered > 0 ? [`${tampered} credential hashes are not what was encrypted, and match nothing.`] : []),
  ];
  return sentences.length === 0 ? 'Everybody can log in, and every key can be used.' : sentences.join(' ');
};
