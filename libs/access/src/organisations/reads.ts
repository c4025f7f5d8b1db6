/** Questions about organisations. Rows come back as they go out: times as UTC text, offsets as numbers. */
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { organisationsTable } from './organisations-projection.ts';

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

export type OrganisationShown = ShownRow<typeof organisationsTable>;

const columns = selectedColumns(organisationsTable, 'o');

export const organisationReads = (sql: Sql): OrganisationReads => ({
  page: async ({ organisation, after: afterId, limit }) => {
    const { parameters, bind, equal, after, all } = pageConditions();
    equal({ 'o.organisation': organisation });
    after(['o.organisation'], afterId === undefined ? undefined : [afterId]);
    return sql(
      `select ${columns} from public.organisations o
       where ${all()} order by o.organisation limit ${bind(limit)}`,
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
