/** Questions about organisations. Rows come back as they go out: times as UTC text, offsets as numbers. */
import { binder, type Rows, type Sql } from '@plenum/read-model';

export type OrganisationReads = {
  /** One page of organisations by id. */
  readonly page: (asked: OrganisationsAsked) => Promise<Rows<OrganisationShown>>;
  readonly byId: (id: string) => Promise<OrganisationShown | undefined>;
};

export type OrganisationsAsked = {
  /** Only this one. */
  readonly organisation?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

export type OrganisationShown = {
  readonly organisation: string;
  readonly name: string;
  readonly created_at: string;
  readonly changed_at: string;
  readonly stream_version: number;
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: number;
};

const columns = `
  o.organisation, o.name, o.created_at, o.changed_at, o.stream_version, o.event_id, o.log_partition, o.log_offset`;

export const organisationReads = (sql: Sql): OrganisationReads => ({
  page: async ({ organisation, after, limit }) => {
    const { parameters, bind } = binder();
    const conditions = ['true'];
    if (organisation !== undefined) conditions.push(`o.organisation = ${bind(organisation)}`);
    if (after !== undefined) conditions.push(`o.organisation > ${bind(after)}`);
    return sql(
      `select ${columns} from public.organisations o
       where ${conditions.join(' and ')} order by o.organisation limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  byId: async (id) => {
    const [row] = await sql<OrganisationShown>(
      `select ${columns} from public.organisations o where o.organisation = $1`,
      [id],
    );
    return row;
  },
});
