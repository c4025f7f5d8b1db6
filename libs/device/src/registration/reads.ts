/** What is asked, and remembered, by who publishes registrations: the table of enrolled nodes beside what was done about each. */
import type { Sql } from '@plenum/read-model';
import { deviceSchema } from '../authorization/authorized-nodes.ts';
import type { Published, PublishedState } from './decision.ts';
import type { EnrolledNode } from './payload.ts';

export type WantedRegistration = {
  readonly node_id: string;
  readonly stream_version: number;
  /** `undefined`: it is not ours any more. */
  readonly node: EnrolledNode | undefined;
  readonly published: Published | undefined;
  /** As `Situation` has it. */
  readonly hasSpokenSince: boolean;
};

export type SettledRegistration = {
  readonly node_id: string;
  readonly stream_version: number;
  readonly state: PublishedState;
  readonly digest: string | undefined;
};

export type RegistrationReads = {
  /** Of many nodes, those about which something may have to be done. */
  readonly due: (nodeIds: readonly string[]) => Promise<readonly WantedRegistration[]>;
  /** The same of all nodes, by id; of those behind one, at most so many. */
  readonly page: (afterNode: string | undefined, limit: number) => Promise<readonly WantedRegistration[]>;
  /** Those of many whose last decision is not in the table of enrolled nodes yet. */
  readonly behind: (nodeIds: readonly string[]) => Promise<readonly string[]>;
  /** The same of all nodes, at most so many. */
  readonly anyBehind: (limit: number) => Promise<readonly string[]>;
  /** Nodes whose registration was removed last, at most so many. */
  readonly removed: (limit: number) => Promise<readonly string[]>;
  readonly remember: (settled: readonly SettledRegistration[]) => Promise<void>;
};

type Row = Omit<EnrolledNode, 'disabled'> & {
  readonly stream_version: number;
  readonly state: 'enrolled' | 'disabled' | 'removed';
  readonly published_state: PublishedState | null;
  readonly digest: string | null;
  readonly has_spoken_since: boolean;
};

/** What is in the row of a removed node says nothing any more. A row with an unfinished removal is due whatever its version is. */
const query = `
  select e.node_id, e.stream_version, e.state, e.location, e.sensors, e.firmware_version, e.capabilities, e.enrolled_at,
         p.state as published_state, p.digest, coalesce(n.registered_time > e.changed_at, false) as has_spoken_since
    from public.enrolled_nodes e
    left join ${deviceSchema}.published_registration p on p.node_id = e.node_id
    left join public.sensor_nodes n on n.node_id = e.node_id
   where (p.node_id is null or p.stream_version < e.stream_version or p.state = 'removing')`;

const behindQuery = `
  select a.node_id
    from ${deviceSchema}.authorized_node a
    left join public.enrolled_nodes e on e.node_id = a.node_id
   where a.stream_version > coalesce(e.stream_version, 0)`;

export const registrationReads = (sql: Sql): RegistrationReads => ({
  due: async (nodeIds) => (await sql<Row>(`${query} and e.node_id = any($1)`, [nodeIds])).map(wantedOf),
  page: async (afterNode, limit) => {
    const after = '($1::text is null or e.node_id > $1)';
    const rows = await sql<Row>(`${query} and ${after} order by e.node_id limit $2`, [afterNode ?? null, limit]);
    return rows.map(wantedOf);
  },
  behind: async (nodeIds) => {
    const rows = await sql<{ readonly node_id: string }>(`${behindQuery} and a.node_id = any($1)`, [nodeIds]);
    return rows.map(({ node_id }) => node_id);
  },
  anyBehind: async (limit) => {
    const rows = await sql<{ readonly node_id: string }>(`${behindQuery} limit $1`, [limit]);
    return rows.map(({ node_id }) => node_id);
  },
  removed: async (limit) => {
    const rows = await sql<{ readonly node_id: string }>(
      `select node_id from ${deviceSchema}.published_registration
        where state in ('removing', 'removed') order by changed_at desc limit $1`,
      [limit],
    );
    return rows.map(({ node_id }) => node_id);
  },
  // What was decided later may be settled already, by a process that took over.
  remember: async (settled) => {
    await sql(
      `insert into ${deviceSchema}.published_registration as t (node_id, stream_version, state, digest)
       select * from unnest($1::text[], $2::int[], $3::text[], $4::text[])
       on conflict (node_id) do update
          set stream_version = excluded.stream_version, state = excluded.state, digest = excluded.digest, changed_at = now()
        where t.stream_version <= excluded.stream_version`,
      [
        settled.map(({ node_id }) => node_id),
        settled.map(({ stream_version }) => stream_version),
        settled.map(({ state }) => state),
        settled.map(({ digest }) => digest ?? null),
      ],
    );
  },
});

const wantedOf = (row: Row): WantedRegistration => {
  const { node_id, stream_version, state, published_state, digest, has_spoken_since } = row;
  const { location, sensors, firmware_version, capabilities, enrolled_at } = row;
  const said = { node_id, location, sensors, firmware_version, capabilities, enrolled_at };
  return {
    ...{ node_id, stream_version, hasSpokenSince: has_spoken_since },
    node: state === 'removed' ? undefined : { ...said, disabled: state === 'disabled' },
    published: published_state === null ? undefined : { state: published_state, digest: digest ?? undefined },
  };
};
