/** Questions about projects. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. */
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { historyTable } from './history-table.ts';
import { type ProjectStatus, projectsTable } from './projects-table.ts';

export type ProjectReads = {
  /** One page of projects by id, which is the order in which they were made. */
  readonly page: (
    asked: ProjectsAsked & { readonly after?: string | undefined; readonly limit: number },
  ) => Promise<Rows<ProjectShown>>;
  /** Some of them, the last changed first, for clients that count pages; and how many there are. */
  readonly numbered: (asked: ProjectsAsked & { readonly skip: number; readonly limit: number }) => Promise<Numbered>;
  /** Where only one organisation's are asked for, those of others are not there. */
  readonly byId: (projectId: string, organisation?: string) => Promise<ProjectShown | undefined>;
  /** What became of one, from a version on. */
  readonly history: (asked: HistoryAsked) => Promise<Rows<HistoryShown>>;
};

export type ProjectsAsked = {
  readonly organisation?: string | undefined;
  /** A part of the name or of the description; upper and lower case are the same. */
  readonly search?: string | undefined;
  /** Those that have all of these. */
  readonly tags?: readonly string[] | undefined;
  readonly status?: ProjectStatus | undefined;
  readonly archived?: boolean | undefined;
};

export type HistoryAsked = {
  readonly project: string;
  readonly organisation?: string | undefined;
  readonly afterVersion?: number | undefined;
  readonly limit: number;
};

export type Numbered = { readonly rows: readonly ProjectShown[]; readonly total: number };
export type ProjectShown = ShownRow<typeof projectsTable>;
export type HistoryShown = ShownRow<typeof historyTable>;

const columns = selectedColumns(projectsTable, 'p');
const historyColumns = selectedColumns(historyTable, 'h');

/** What `like` gives a meaning to stands for itself. */
const partOf = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

const conditionsFor = ({ organisation, search, tags, status, archived }: ProjectsAsked) => {
  const conditions = pageConditions();
  const { bind, add, equal } = conditions;
  equal({ 'p.organisation': organisation, 'p.status': status, 'p.is_archived': archived });
  if (search !== undefined) {
    const part = bind(partOf(search));
    add(`(p.name ilike ${part} or p.description ilike ${part})`);
  }
  if (tags !== undefined) add(`p.tags @> ${bind(JSON.stringify(tags))}::jsonb`);
  return conditions;
};

export const projectReads = (sql: Sql): ProjectReads => ({
  page: async ({ after: afterId, limit, ...asked }) => {
    const { parameters, bind, after, all } = conditionsFor(asked);
    after(['p.project_id'], afterId === undefined ? undefined : [afterId]);
    return sql(
      `select ${columns} from public.ceiling_projects p
       where ${all()} order by p.project_id limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  numbered: async ({ skip, limit, ...asked }) => {
    const counting = conditionsFor(asked);
    const [counted] = await sql<{ readonly total: number }>(
      `select count(*) as total from public.ceiling_projects p where ${counting.all()}`,
      counting.parameters,
    );
    const { parameters, bind, all } = conditionsFor(asked);
    const rows = await sql<ProjectShown>(
      `select ${columns} from public.ceiling_projects p
       where ${all()} order by p.changed_at desc, p.project_id desc limit ${bind(limit)} offset ${bind(skip)}`,
      parameters,
    );
    return { rows, total: counted?.total ?? 0 };
  },
  byId: async (projectId, organisation) => {
    const [row] = await sql<ProjectShown>(
      `select ${columns} from public.ceiling_projects p
       where p.project_id = $1 and ($2::text is null or p.organisation = $2)`,
      [projectId, organisation ?? null],
    );
    return row;
  },
  history: async ({ project, organisation, afterVersion, limit }) => {
    const { parameters, bind, equal, after, all } = pageConditions();
    equal({ 'h.project_id': project, 'h.organisation': organisation });
    after(['h.stream_version'], afterVersion === undefined ? undefined : [afterVersion]);
    return sql(
      `select ${historyColumns} from public.ceiling_project_history h
       where ${all()} order by h.stream_version limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
});
