/**
 * The authorization tables made again from what was decided: from the log, from the store's own log, or from both. Credential hashes come back
 * as they were encrypted; whether anybody can be checked against them is a question of the master key, and is answered.
 */
import { accessSchema, accessTopic, authorizationTables, credentialHashesTopic } from '@plenum/access';
import { type HashEncryption, hashEncryption, type MasterKeys } from '@plenum/credentials';
import type { Event } from '@plenum/event';
import { inTransaction, migrateInline, openPool } from '@plenum/postgres';
import { rebuildInline, type Sql } from '@plenum/read-model';
import { decodeAll, decryptEvents, type EventCodec, type Log, type PersonalParts } from '@plenum/runtime';

export type RebuildAccess = {
  readonly databaseUrl: string;
  /**
   * Each is read from its beginning to its end, one after another. The log first, and then the store's own
   * (`PostgresEventStore.source`) where that may have something that was not relayed yet.
   */
  readonly sources: readonly Pick<Log, 'positions' | 'read'>[];
  readonly codec: EventCodec;
  /** Without them everything is restored but the ability to log in and to use a key. */
  readonly masterKeys: MasterKeys | undefined;
  /** Of the same master keys. Without it, and of whoever has lost their key, no login comes back. */
  readonly personal: PersonalParts | undefined;
};

export type RebuiltAccess = {
  /** Events that the tables are made of; what was met twice counts twice. */
  readonly events: number;
  readonly users: number;
  /** Of them, those whose login cannot be read, so that it is nobody's. */
  readonly withoutLogin: number;
  readonly keys: number;
  readonly sessions: number;
  readonly credentialHashes: {
    /** Checked against from now on. */
    readonly opened: number;
    /** Encrypted with a key that is not here. */
    readonly encrypted: number;
    /** Not what was encrypted: somebody changed the bytes, or put them under another name. */
    readonly tampered: number;
  };
  /** For whoever started it. */
  readonly summary: string;
};

/**
 * One transaction: requests that ask meanwhile wait, and are told that nobody can tell when it takes longer than a moment.
 * @throws TransientFailure; LogTruncated; an error when an event cannot be read: nobody is checked against half of what was decided.
 */
export const rebuildAccess = async (parts: RebuildAccess): Promise<RebuiltAccess> => {
  const { databaseUrl, masterKeys } = parts;
  const pool = openPool({ url: databaseUrl, applicationName: 'plenum rebuild of access', connectionsMax: 2 });
  try {
    await migrateInline(pool, authorizationTables);
    return await inTransaction(pool, async (client) => {
      const sql: Sql = async <R>(text: string, parameters: readonly unknown[] = []) => {
        const { rows } = await client.query(text, [...parameters]);
        return rows as R[]; // Whoever wrote the text names the columns it selects.
      };
      const { events } = await rebuildInline(sql, authorizationTables, decisionsIn(parts));
      const counts = await countRows(sql);
      const credentialHashes = await tryVerifiers(
        sql,
        masterKeys === undefined ? undefined : hashEncryption(masterKeys),
      );
      const summary = summaryOf(credentialHashes, { ...counts, hasKey: masterKeys !== undefined });
      return { events, ...counts, credentialHashes, summary };
    });
  } finally {
    await pool.end();
  }
};

/** Every decision about access, each stream's in order. */
async function* decisionsIn({ sources, codec, personal }: RebuildAccess): AsyncGenerator<Event> {
  for (const source of sources) {
    for (const { name: topic } of [accessTopic, credentialHashesTopic]) {
      for (const { partition, next } of await source.positions(topic)) {
        for await (const { records } of source.read({ topic, partition, from: 0n, to: next })) {
          const found: Event[] = [];
          for (const { record, known } of await decodeAll(codec, records)) {
            if (known.outcome === 'event') found.push(known.event);
            else throw new Error(`${topic}/${partition} at ${record.offset} cannot be read: ${known.reason}`);
          }
          yield* personal === undefined ? found : await decryptEvents(found, personal);
        }
      }
    }
  }
}

type Counts = Pick<RebuiltAccess, 'users' | 'withoutLogin' | 'keys' | 'sessions'>;

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

type CredentialHash = { readonly subject: string; readonly encrypted: Uint8Array; readonly encrypted_with: string };

const tryVerifiers = async (
  sql: Sql,
  encryption: HashEncryption | undefined,
): Promise<RebuiltAccess['credentialHashes']> => {
  const rows = await sql<CredentialHash>(
    `select subject, encrypted, encrypted_with from ${accessSchema}.credential_hash where encrypted is not null`,
  );
  const outcomes = rows.map(({ subject, encrypted, encrypted_with: encryptedWith }) =>
    encryption === undefined ? 'other-key' : encryption.decrypt(subject, { encrypted, encryptedWith }).outcome,
  );
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { opened: count('decrypted'), encrypted: count('other-key'), tampered: count('tampered') };
};

const encryptedLogins = 'No login can be read without it: make all of this again when it is set, with --replace.';

const lost = (withoutLogin: number, users: number): string =>
  `${withoutLogin} of ${users} users have no login: the key of the person is lost, or wrapped with another PLENUM_MASTER_KEY. ` +
  'Restore plenum_person.person_key and make all of this again with --replace, or give them a login with users change.';

const summaryOf = (
  { opened, encrypted, tampered }: RebuiltAccess['credentialHashes'],
  { hasKey, users, withoutLogin }: Counts & { readonly hasKey: boolean },
): string => {
  const said = [
    ...(hasKey ? [] : ['PLENUM_MASTER_KEY is not set: nobody can log in or use a key until it is.']),
    ...(withoutLogin === 0 ? [] : [hasKey ? lost(withoutLogin, users) : encryptedLogins]),
    ...(hasKey && encrypted > 0
      ? [
          `${encrypted} of ${opened + encrypted + tampered} users and keys were encrypted with another PLENUM_MASTER_KEY and cannot be used.`,
        ]
      : []),
    ...(tampered > 0 ? [`${tampered} credentialHashes are not what was encrypted, and open nothing.`] : []),
  ];
  return said.length === 0 ? 'Everybody can log in, and every key can be used.' : said.join(' ');
};
