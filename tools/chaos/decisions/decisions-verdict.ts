/** What has to hold of decisions when everything is over: what was acknowledged, names, streams, answers, tables. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionEnded, SessionStarted, UserSessionsEnded } from '@plenum/access';
import { openPersons } from '@plenum/assembly';
import { inlineProjections, reserving } from '@plenum/catalogue';
import { type DecidedEvent, isEvent, streamOf } from '@plenum/event';
import { inTransaction, query } from '@plenum/postgres';
import { type InlineProjection, rebuildInline, type Sql } from '@plenum/read-model';
import { decryptEvents, reservationFold } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import type { Answered } from '../asking.ts';
import type { Site } from '../site/site.ts';
import { type DecidedLog, decidedLog } from './decided-log.ts';
import type { DecisionsLoad } from './decisions-load.ts';

export type DecisionsVerdict = {
  readonly acknowledged: number;
  readonly refused: number;
  /** Asked again under the same key. */
  readonly repeated: number;
  /** Sessions that were ended because all of their user's were. */
  readonly reactions_answered: number;
  /** How many events of each type are in the log. */
  readonly events: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
};

const patienceMsMax = 60_000;
const lookEveryMs = 250;

/** To be asked when nobody decides any more. It waits until what was decided is relayed and answered, but not for ever. */
export const decisionsVerdict = async (
  site: Site,
  load: DecisionsLoad,
  patienceMs = patienceMsMax,
): Promise<DecisionsVerdict> => {
  const startMs = performance.now();
  for (;;) {
    const log = await decidedLog(site);
    const problems = [...log.broken, ...(await notRelayed(site, log)), ...unanswered(log)];
    if (problems.length > 0 && performance.now() - startMs < patienceMs) {
      await sleep(lookEveryMs);
      continue;
    }
    return inTheEnd(site, load, log, problems);
  }
};

const inTheEnd = async (
  site: Site,
  load: DecisionsLoad,
  log: DecidedLog,
  before: readonly string[],
): Promise<DecisionsVerdict> => {
  const answered = load.answered();
  const count = (outcome: Answered['outcome']): number => answered.filter((one) => one.outcome === outcome).length;
  const events = [...log.streams.values()].flat();
  const counts = {
    acknowledged: count('acknowledged'),
    refused: count('refused'),
    repeated: load.repeats(),
    reactions_answered: events.filter(({ decision }) => decision.commandId.includes(' end-sessions-of-user/')).length,
  };
  const problems = [
    ...load.unexpected(),
    ...before,
    ...wronglyRecorded(answered, events),
    ...load
      .sessions()
      .filter((tokenId) => log.streams.get(streamOf('session', tokenId)) === undefined)
      .map((tokenId) => `the session ${tokenId} was started, and is not in the log`),
    ...(await wrongTables(site, events)),
  ];
  for (const name of ['acknowledged', 'refused', 'reactions_answered'] as const) {
    if (counts[name] === 0) problems.push(`decisions: none was ${name.replace('_', ' ')}, which proves nothing`);
  }
  return { ...counts, events: countsByType(events), problems };
};

const countsByType = (events: readonly DecidedEvent[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(events, ({ type }) => type)].map(([type, its]) => [type, its.length]));

/** Reservations and inline projections, held against the log with names in the plain, as they were decided on. */
const wrongTables = async (site: Site, recorded: readonly DecidedEvent[]): Promise<readonly string[]> => {
  const masterKeys = { current: site.secrets.PLENUM_MASTER_KEY };
  const persons = await openPersons({ database: site.database, masterKeys, logger: silentLogger });
  try {
    const events = await decryptEvents(recorded, persons.personal);
    const problems = [...(await wrongReservations(site, events))];
    for (const inline of inlineProjections) problems.push(...(await notARebuild(site, inline, events)));
    return problems;
  } finally {
    await persons.close();
  }
};

/** What the store has and the log has not. */
const notRelayed = async ({ database }: Site, { streams }: DecidedLog): Promise<readonly string[]> => {
  const stored = await query<{ stream: string; version: number }>(
    database.pool,
    'select stream, version from plenum_store.stream where version > 0',
  );
  return [
    ...stored
      .filter(({ stream, version }) => (streams.get(stream)?.length ?? 0) < version)
      .map(
        ({ stream, version }) => `${stream} is at ${version}, and at ${streams.get(stream)?.length ?? 0} in the log`,
      ),
    ...(streams.size > stored.length ? [`the log has ${streams.size} streams, and the store ${stored.length}`] : []),
  ];
};

/** Each session that ended with all others of its user says so, once; and none says it twice. */
const unanswered = ({ streams }: DecidedLog): readonly string[] => {
  const problems: string[] = [];
  const all = [...streams.values()].flat();
  const sessions = all.flatMap((event) => (isEvent(SessionStarted, event) ? [event] : []));
  const ends = Map.groupBy(
    all.flatMap((event) => (isEvent(SessionEnded, event) ? [event.data.token_id] : [])),
    (tokenId) => tokenId,
  );
  const byUser = Map.groupBy(sessions, ({ data }) => data.user_id);
  for (const [tokenId, { length }] of ends) if (length > 1) problems.push(`session ${tokenId} ended ${length} times`);
  for (const event of all) {
    if (!isEvent(UserSessionsEnded, event)) continue;
    const { user_id, until, kept_token_id } = event.data;
    for (const { data, effectiveTimeUs } of byUser.get(user_id) ?? []) {
      const isMeant = effectiveTimeUs <= until && data.expires_at > until && data.token_id !== kept_token_id;
      if (isMeant && !ends.has(data.token_id)) problems.push(`session ${data.token_id} did not end with ${event.id}`);
    }
  }
  return problems;
};

/** A command that was acknowledged is in each stream that it changed once; one that was refused in none. */
const wronglyRecorded = (answered: readonly Answered[], events: readonly DecidedEvent[]): readonly string[] => {
  const byKey = Map.groupBy(events, ({ decision }) =>
    decision.commandId.slice(decision.commandId.lastIndexOf(' ') + 1),
  );
  return answered.flatMap(({ key, what, outcome }) => {
    // A login is a command of the session that it starts; those are looked up by their own ids.
    if (what === 'start a session') return [];
    const recorded = byKey.get(key) ?? [];
    const streams = new Set(recorded.map(({ decision }) => decision.stream)).size;
    const isRight = outcome === 'acknowledged' ? streams > 0 && recorded.length === streams : recorded.length === 0;
    return isRight ? [] : [`${what} (${key}) was ${outcome}, and is in the log ${recorded.length} times`];
  });
};

/** The names that are held are those that the streams hold, and each login is somebody's alone. */
const wrongReservations = async ({ database }: Site, events: readonly DecidedEvent[]): Promise<readonly string[]> => {
  const fold = reservationFold(reserving);
  for (const event of events) fold.add(event);
  const { reservations, contested } = fold.held();
  const found = await query<{ name: string; stream: string }>(
    database.pool,
    'select name, stream from plenum_store.reservation',
  );
  const inWords = (held: readonly { readonly name: string; readonly stream: string }[]): ReadonlySet<string> =>
    new Set(held.map(({ name, stream }) => `${name} by ${stream}`));
  const different = inWords(reservations).symmetricDifference(inWords(found));
  return [
    ...(contested.length > 0 ? [`names that two streams hold: ${contested.slice(0, 5).join(', ')}`] : []),
    ...(different.size > 0 ? [`reservations are not what streams hold: ${[...different].slice(0, 5).join(', ')}`] : []),
  ];
};

/** Made again in a transaction that is given up, and compared with what was there. */
const notARebuild = async (
  { database }: Site,
  inline: InlineProjection,
  events: readonly DecidedEvent[],
): Promise<readonly string[]> => {
  const givenUp = new Error('given up');
  let problems: readonly string[] = [];
  const rebuild = inTransaction(database.pool, async (client) => {
    const sql: Sql = async <R>(text: string, parameters: readonly unknown[] = []) =>
      (await client.query(text, [...parameters])).rows as readonly R[]; // The author of the text names its columns.
    const contents = async () => {
      const tables = new Map<string, string>();
      for (const table of inline.tables) {
        // In which order rows came is not in the log.
        const rows = await sql<{ row: string }>(
          `select (to_jsonb(t) - array(select column_name::text from information_schema.columns
                     where table_schema = $1 and table_name = $2 and is_identity = 'YES'))::text as row
             from ${inline.schema}.${table} t order by 1`,
          [inline.schema, table],
        );
        tables.set(table, rows.map(({ row }) => row).join('\n'));
      }
      return tables;
    };
    const before = await contents();
    await rebuildInline(sql, [inline], events);
    const after = await contents();
    problems = inline.tables
      .filter((table) => before.get(table) !== after.get(table))
      .map((table) => `${inline.schema}.${table} is not what a rebuild makes of the log`);
    throw givenUp;
  });
  await rebuild.catch((error: unknown) => {
    if (error !== givenUp) throw error;
  });
  return problems;
};
