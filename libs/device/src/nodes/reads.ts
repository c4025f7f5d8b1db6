/**
 * Questions about nodes: what we enrolled, beside what each says of itself. Rows come back as they go out: times as UTC text,
 * NULL as null.
 */
import { pageConditions, type Rows, type ShownRow, type Sql } from '@plenum/read-model';
import type { enrolledNodesTable } from './enrolled-nodes-projection.ts';

export type EnrolmentReads = {
  /** One page of nodes by id: those that were enrolled, and those that said something. */
  readonly page: (asked: EnrolmentsAsked) => Promise<Rows<Enrolment>>;
  readonly byId: (nodeId: string) => Promise<Enrolment | undefined>;
  /** The version of what is enrolled of a node. */
  readonly version: (nodeId: string) => Promise<number | undefined>;
};

export type EnrolmentsAsked = {
  /** `none`: nodes that said something and were never enrolled. */
  readonly state?: EnrolmentState | undefined;
  readonly zone?: string | undefined;
  /** Only nodes that say something else of themselves than we do, or only those that do not. */
  readonly differs?: boolean | undefined;
  readonly afterNode?: string | undefined;
  readonly limit: number;
};

export const enrolmentStates = ['enrolled', 'disabled', 'removed', 'none'] as const;
export type EnrolmentState = (typeof enrolmentStates)[number];

type Ours = ShownRow<typeof enrolledNodesTable>;
type Object = Readonly<Record<string, unknown>>;

/** What begins with `reported_` is said by the node, all else decided by us; null where nobody said it. */
export type Enrolment = {
  readonly node_id: string;
  readonly state: EnrolmentState;
  readonly stream_version: number | null;
} & { readonly [K in OursShown]: Ours[K] | null } & {
  readonly reported_location: Object | null;
  readonly reported_sensors: readonly string[] | null;
  readonly reported_firmware_version: string | null;
  readonly reported_capabilities: Object | null;
  /** Effective time of the registration. */
  readonly reported_at: string | null;
  /** When its last registration or status came. */
  readonly last_seen: string | null;
  /** Which of location, sensors, firmware_version and capabilities both say, and not the same. */
  readonly differs: readonly string[];
};

type OursShown = (typeof oursShown)[number];

const oursShown = [
  ...(['location', 'zone', 'sensors', 'firmware_version', 'capabilities', 'keys', 'certificate'] as const),
  ...(['enrolled_by', 'enrolled_at', 'changed_by', 'changed_at'] as const),
] as const;

const compared = ['location', 'sensors', 'firmware_version', 'capabilities'] as const;

const differing = compared.map((name) => `case when e."${name}" <> n."${name}" then '${name}' end`).join(', ');

/** Both tables by primary key; which ids there are is asked of each, so that neither is read whole. */
const query = `
  select k.node_id, coalesce(e.state, 'none') as state, e.stream_version,
         ${oursShown.map((name) => `e."${name}"`).join(', ')},
         ${compared.map((name) => `n."${name}" as reported_${name}`).join(', ')},
         n.registered_time as reported_at, n.last_seen,
         to_jsonb(array_remove(array[${differing}], null)) as differs
    from known k
    left join public.enrolled_nodes e on e.node_id = k.node_id
    left join public.sensor_nodes n on n.node_id = k.node_id`;

export const enrolmentReads = (sql: Sql): EnrolmentReads => ({
  page: async ({ state, zone, differs, afterNode = '', limit }) => {
    const { parameters, bind, add, equal, all } = pageConditions();
    const after = bind(afterNode);
    if (state !== undefined) add(`coalesce(e.state, 'none') = ${bind(state)}`);
    equal({ 'e.zone': zone });
    if (differs !== undefined)
      add(`${differs ? '' : 'not '}(cardinality(array_remove(array[${differing}], null)) > 0)`);
    // A condition leaves out some of a portion; without one the first ids are those of the page.
    const first = parameters.length > 1 || differs !== undefined ? '' : `order by node_id limit ${bind(limit)}`;
    return sql(
      `with known as (
         (select node_id from public.enrolled_nodes where node_id > ${after} ${first})
         union (select node_id from public.sensor_nodes where node_id > ${after} ${first}))
       ${query} where ${all()} order by k.node_id limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  byId: async (nodeId) => {
    const [row] = await sql<Enrolment>(
      `with known as (select $1::text as node_id) ${query} where e.node_id is not null or n.node_id is not null`,
      [nodeId],
    );
    return row;
  },
  version: async (nodeId) => {
    const [row] = await sql<{ readonly stream_version: number }>(
      'select stream_version from public.enrolled_nodes where node_id = $1',
      [nodeId],
    );
    return row?.stream_version;
  },
});
