/**
 * The authorization tables made again from what was decided: from the log, from the store's own log, or from both. Verifiers come back
 * as they were sealed; whether anybody can be checked against them is a question of the master key, and is answered.
 */
import { accessSchema, accessTopic, authorizationTables, verifiersTopic } from '@plenum/access';
import { type MasterKeys, type Seal, verifierSeal } from '@plenum/credentials';
import type { Event } from '@plenum/event';
import { inTransaction, migrateInline, openPool } from '@plenum/postgres';
import { rebuildInline, type Sql } from '@plenum/read-model';
import { decodeAll, type EventCodec, type Log } from '@plenum/runtime';

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
};

export type RebuiltAccess = {
  /** Events that the tables are made of; what was met twice counts twice. */
  readonly events: number;
  readonly users: number;
  readonly keys: number;
  readonly sessions: number;
  readonly verifiers: {
    /** Checked against from now on. */
    readonly opened: number;
    /** Sealed with a key that is not here. */
    readonly sealed: number;
    /** Not what was sealed: somebody changed the bytes, or put them under another name. */
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
      const verifiers = await tryVerifiers(sql, masterKeys === undefined ? undefined : verifierSeal(masterKeys));
      return { events, ...counts, verifiers, summary: summaryOf(verifiers, masterKeys !== undefined) };
    });
  } finally {
    await pool.end();
  }
};

/** Every decision about access, each stream's in order. */
async function* decisionsIn({ sources, codec }: RebuildAccess): AsyncGenerator<Event> {
  for (const source of sources) {
    for (const { name: topic } of [accessTopic, verifiersTopic]) {
      for (const { partition, next } of await source.positions(topic)) {
        for await (const { records } of source.read({ topic, partition, from: 0n, to: next })) {
          for (const { record, known } of await decodeAll(codec, records)) {
            if (known.outcome === 'event') yield known.event;
            else throw new Error(`${topic}/${partition} at ${record.offset} cannot be read: ${known.reason}`);
          }
        }
      }
    }
  }
}

const countRows = async (sql: Sql): Promise<Pick<RebuiltAccess, 'users' | 'keys' | 'sessions'>> => {
  const [counts] = await sql<Pick<RebuiltAccess, 'users' | 'keys' | 'sessions'>>(
    `select (select count(*)::int from ${accessSchema}.authorized_user) as users,
            (select count(*)::int from ${accessSchema}.authorized_key) as keys,
            (select count(*)::int from ${accessSchema}.authorized_session) as sessions`,
  );
  if (counts === undefined) throw new Error('the authorization tables cannot be counted');
  return counts;
};

type Verifier = { readonly subject: string; readonly sealed: Uint8Array; readonly sealed_with: string };

const tryVerifiers = async (sql: Sql, seal: Seal | undefined): Promise<RebuiltAccess['verifiers']> => {
  const rows = await sql<Verifier>(
    `select subject, sealed, sealed_with from ${accessSchema}.credential_hash where sealed is not null`,
  );
  const outcomes = rows.map(({ subject, sealed, sealed_with: sealedWith }) =>
    seal === undefined ? 'other-key' : seal.open(subject, { sealed, sealedWith }).outcome,
  );
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { opened: count('opened'), sealed: count('other-key'), tampered: count('tampered') };
};

const summaryOf = ({ opened, sealed, tampered }: RebuiltAccess['verifiers'], hasKey: boolean): string => {
  const said = [
    ...(hasKey ? [] : ['PLENUM_MASTER_KEY is not set: nobody can log in or use a key until it is.']),
    ...(hasKey && sealed > 0
      ? [
          `${sealed} of ${opened + sealed + tampered} users and keys were sealed with another PLENUM_MASTER_KEY and cannot be used.`,
        ]
      : []),
    ...(tampered > 0 ? [`${tampered} verifiers are not what was sealed, and open nothing.`] : []),
  ];
  return said.length === 0 ? 'Everybody can log in, and every key can be used.' : said.join(' ');
};
