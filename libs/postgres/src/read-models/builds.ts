/** Which builds of a projection there are, and which of them queries see. All of it is called under `lockTables`. */
import type { Build } from '@plenum/read-model';
import { type Activated, type BuildId, type BuildState, ConsumerGone, type KnownBuild } from '@plenum/runtime';
import type pg from 'pg';
import { quoted, schemaOf } from './names.ts';
import { exchangeViews } from './views.ts';

export const buildsSql = `select name, version, generation, state from plenum.projection
 order by name, version, generation`;

/**
 * Records that this build is being made, if nothing is known of it; the first one of its projection is active at once.
 * A build of a lower version that is under way is given up for it.
 * @throws ConsumerGone when it is retired or dropped, or another one is being made; an error when a higher version is active.
 */
export const enterBuild = async (client: pg.ClientBase, build: Build): Promise<Entered> => {
  const builds = await buildsOf(client, build);
  const known = knownIn(builds, build);
  if (known?.state === 'active' || known?.state === 'building') return { state: known.state, isNew: false };
  if (known === undefined) refuseLower(build, builds);
  const isGivenOut = builds.some((one) => one.version === build.version && one.generation >= build.generation);
  const building = builds.find(({ state }) => state === 'building');
  if (isGivenOut || (building !== undefined && building.version >= build.version)) throw new ConsumerGone(build);
  if (building !== undefined) await setState(client, building, 'retired');
  const state = builds.some((one) => one.state === 'active') ? 'building' : 'active';
  await client.query(
    `insert into plenum.projection (name, version, generation, state, activated_at)
     values ($1, $2, $3, $4, case when $4 = 'active' then now() end)`,
    [build.name, build.version, build.generation, state],
  );
  return { state, isNew: true };
};

export type Entered = { readonly state: BuildState; readonly isNew: boolean };

/** Makes queries see the build of a projection that is active, for the first time. */
export const showFirst = (client: pg.ClientBase, build: Build): Promise<void> =>
  exchangeViews(client, build, undefined);

/**
 * Makes queries see this build, if they do not yet and it has all that they have seen: what a query has shown, a later one
 * shows too. Nothing is committed into the active build meanwhile, so this one catches up; for a moment that is waited for.
 * That it parks more is found before anything is locked, for it is asked again and again. Both are looked at once more when
 * nothing changes any more.
 * @throws ConsumerGone when it is retired or dropped.
 */
export const activateBuild = async (client: pg.ClientBase, build: Build, acceptParked: boolean): Promise<Activated> => {
  const builds = await buildsOf(client, build);
  const known = knownIn(builds, build);
  if (known?.state === 'active') return 'active';
  if (known?.state !== 'building') throw new ConsumerGone(build);
  const active = builds.find(({ state }) => state === 'active');
  if (active !== undefined) {
    const hindered = async (): Promise<boolean> => !acceptParked && (await parksMore(client, active, build));
    if (await hindered()) return 'parks more';
    if (!(await hasCaughtUp(client, active, build))) return 'behind';
    if (await hindered()) return 'parks more';
    await setState(client, active, 'retired');
  }
  await setState(client, build, 'active');
  await exchangeViews(client, build, active);
  return 'active';
};

export const parkedRecordsSql = `select coalesce(sum(parked), 0)::int as records from plenum.checkpoint
 where consumer = $1 and version = $2 and generation = $3`;

/** Gives up a build that is under way; retired it is about to be dropped. @throws an error when it is active. */
export const retireBuild = async (client: pg.ClientBase, build: BuildId): Promise<void> => {
  const builds = await buildsOf(client, build);
  const known = knownIn(builds, build);
  if (known?.state === 'active') throw new Error(`${schemaOf(build)} is what queries see: it cannot be given up`);
  if (known?.state === 'building') await setState(client, build, 'retired');
};

/** Drops what a retired build has in the database. Its line stays. @returns whether it was there to be dropped. */
export const dropBuild = async (client: pg.ClientBase, build: BuildId): Promise<boolean> => {
  const builds = await buildsOf(client, build);
  const known = knownIn(builds, build);
  if (known?.state !== 'retired') return false;
  // The checkpoints first: a process that holds one is in the middle of a batch, and one that waits for it finds it gone.
  for (const table of ['checkpoint', 'parked', 'parked_key']) {
    await client.query(
      `delete from plenum.${table} where consumer = $1 and version = $2 and generation = $3`,
      idOf(build),
    );
  }
  await client.query(`drop schema if exists ${quoted(schemaOf(build))} cascade`);
  await setState(client, build, 'dropped');
  return true;
};

const knownIn = (builds: readonly KnownBuild[], { version, generation }: BuildId): KnownBuild | undefined =>
  builds.find((one) => one.version === version && one.generation === generation);

const buildsOf = async (client: pg.ClientBase, { name }: Pick<Build, 'name'>): Promise<readonly KnownBuild[]> => {
  const { rows } = await client.query<KnownBuild>(
    'select name, version, generation, state from plenum.projection where name = $1 order by version, generation',
    [name],
  );
  return rows;
};

const refuseLower = ({ name, version }: Build, builds: readonly KnownBuild[]): void => {
  const active = builds.find(({ state }) => state === 'active');
  if (active === undefined || active.version <= version) return;
  throw new Error(
    `Projection ${name} is at version ${active.version} here, and this program has version ${version}: ` +
      'run the program that has the later version',
  );
};

const setState = async (client: pg.ClientBase, build: BuildId, state: KnownBuild['state']): Promise<void> => {
  await client.query(
    `update plenum.projection set state = $4, activated_at = case when $4 = 'active' then now() else activated_at end
      where name = $1 and version = $2 and generation = $3`,
    [...idOf(build), state],
  );
};

const idOf = ({ name, version, generation }: BuildId): unknown[] => [name, version, generation];

const patienceMs = 500;
const lookEveryMs = 10;

const hasCaughtUp = async (client: pg.ClientBase, active: BuildId, build: BuildId): Promise<boolean> => {
  await client.query(
    'select from plenum.checkpoint where consumer = $1 and version = $2 and generation = $3 for update',
    idOf(active),
  );
  const giveUpMs = performance.now() + patienceMs;
  for (;;) {
    const { rowCount } = await client.query(behindSql, [...idOf(active), ...idOf(build).slice(1)]);
    if (rowCount === 0) return true;
    if (performance.now() > giveUpMs) return false;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
};

/** Partitions in which the active build, the first, has more than the other. What only one of them reads does not count. */
const behindSql = `select from plenum.checkpoint a
  join plenum.checkpoint b on b.consumer = a.consumer and b.topic = a.topic and b.part = a.part
 where a.consumer = $1 and a.version = $2 and a.generation = $3 and b.version = $4 and b.generation = $5
   and a.next_offset > b.next_offset limit 1`;

const parksMore = async (client: pg.ClientBase, active: BuildId, build: BuildId): Promise<boolean> => {
  const { rows } = await client.query<{ more: boolean }>(parksMoreSql, [...idOf(active), ...idOf(build).slice(1)]);
  return rows[0]?.more === true;
};

/** Whether the second build has parked more than the active one, the first, of what that one has read. */
const parksMoreSql = `select coalesce(sum(b.parked - (
    select count(*) from plenum.parked p
     where p.consumer = b.consumer and p.version = b.version and p.generation = b.generation
       and p.topic = b.topic and p.part = b.part and p.log_offset >= a.next_offset)), 0)
  > (select coalesce(sum(parked), 0) from plenum.checkpoint where consumer = $1 and version = $2 and generation = $3) as more
  from plenum.checkpoint b left join plenum.checkpoint a
    on a.consumer = b.consumer and a.version = $2 and a.generation = $3 and a.topic = b.topic and a.part = b.part
 where b.consumer = $1 and b.version = $4 and b.generation = $5`;
