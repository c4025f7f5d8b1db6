/** What two domains must not both have, because a lookup by name would find only one of them. */
import { type Route, urlOf } from '@plenum/http';
import { type ShowPersonal, type Sql, type Table, tablesOf } from '@plenum/read-model';
import type { Domain, Services } from './domain.ts';
import type { ExportKind, RowsExport } from './exports.ts';
import { type StreamKind, streamFaults } from './streams.ts';
import { overlap } from './topic-filter.ts';

type Any = Domain<object, never>;
type Named = { readonly domain: string; readonly name: string };

/** What is wrong with these domains together, for people; nothing when they fit. Routes are declared, none is called. */
export const conflictsOf = async (domains: readonly Any[]): Promise<readonly string[]> => {
  const routes = (
    await Promise.all(domains.map(async (domain) => (await routesOf(domain)).map((route) => ({ domain, route }))))
  ).flat();
  return [
    ...twice(
      'domain',
      each(domains, ({ name }) => [name]),
    ),
    ...twice(
      'event',
      each(domains, ({ events }) => events.map(({ type }) => type)),
    ),
    ...twice(
      'topic',
      each(domains, ({ topics }) => topics.map(({ name }) => name)),
    ),
    ...twice(
      'projection',
      each(domains, ({ projections }) => projections.map(({ name }) => name)),
    ),
    ...twice(
      'table',
      each(domains, ({ projections }) => projections.flatMap(tablesOf).flatMap(nameInQueries)),
    ),
    ...twice(
      'schema of inline tables',
      each(domains, ({ inline = [] }) => inline.map(({ schema }) => schema)),
    ),
    ...twice(
      'reaction',
      each(domains, ({ reactions = [] }) => reactions.map(({ name }) => name)),
    ),
    ...twice(
      'export',
      each(domains, ({ exports = [] }) => exports.map(({ kind }) => kind)),
    ),
    ...twice(
      'stream',
      each(domains, ({ streams = [] }) => streams.map(({ kind }) => kind)),
    ),
    ...twice(
      'permission',
      each(domains, ({ permissions }) => Object.keys(permissions)),
    ),
    ...twice(
      'group of reads',
      each(domains, (domain) => Object.keys(domain.reads(unasked, unshown))),
    ),
    ...twice(
      'route',
      routes.map(({ domain, route }) => ({ domain: domain.name, name: addressOf(route) })),
    ),
    ...twice(
      'operation',
      routes.map(({ domain, route }) => ({ domain: domain.name, name: route.operationId })),
    ),
    ...overlaps(each(domains, ({ translate }) => translate?.filters ?? [])),
    ...routes.flatMap(({ domain, route }) => unknownPermission(domains, domain, route)),
    ...domains.flatMap((domain) => (domain.exports ?? []).flatMap((one) => unfitExport(domains, domain, one))),
    ...domains.flatMap((domain) => (domain.streams ?? []).flatMap((one) => unfitStream(domains, domain, one))),
  ];
};

/** What a query finds it by; none for what each projection has for itself. */
const nameInQueries = ({ schema = 'public', name, hidden }: Table): readonly string[] =>
  hidden === true ? [] : [`${schema}.${name}`];

const each = (domains: readonly Any[], names: (domain: Any) => readonly string[]): readonly Named[] =>
  domains.flatMap((domain) => names(domain).map((name) => ({ domain: domain.name, name })));

const twice = (what: string, all: readonly Named[]): readonly string[] =>
  [...Map.groupBy(all, ({ name }) => name)]
    .filter(([, having]) => having.length > 1)
    .map(([name, having]) => `${what} ${name} is declared by ${having.map(({ domain }) => domain).join(' and ')}`);

const overlaps = (all: readonly Named[]): readonly string[] =>
  all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .filter((other) => overlap(one.name, other.name))
      .map((other) => `topic filter ${one.name} of ${one.domain} overlaps with ${other.name} of ${other.domain}`),
  );

/** A route that asks for what nobody declares would be closed to everybody but those who may do all. */
const unknownPermission = (domains: readonly Any[], { name }: Any, { access, ...route }: Route): readonly string[] =>
  typeof access === 'string' || isDeclared(domains, access.permission)
    ? []
    : [`route ${addressOf(route)} of ${name} asks for ${access.permission}, which no domain declares`];

const isDeclared = (domains: readonly Any[], permission: string): boolean =>
  domains.some(({ permissions }) => Object.hasOwn(permissions, permission));

/** What an export names has to be there, and to have a form in every format. */
const unfitExport = (domains: readonly Any[], { name }: Any, one: ExportKind): readonly string[] => {
  const of = `export ${one.kind} of ${name}`;
  const unknown = isDeclared(domains, one.permission)
    ? []
    : [`${of} asks for ${one.permission}, which no domain declares`];
  return [...unknown, ...(one.content === 'rows' ? unfitColumns(of, one) : [])];
};

/** What a stream shows has to be there, for everybody who may see it, and of events of its own domain. */
const unfitStream = (domains: readonly Any[], { name, events }: Any, one: StreamKind): readonly string[] => {
  const of = `stream ${one.kind} of ${name}`;
  const others = one.events.filter((event) => !events.includes(event));
  return [
    ...(isDeclared(domains, one.permission) ? [] : [`${of} asks for ${one.permission}, which no domain declares`]),
    ...others.map(({ type }) => `${of} is of ${type}, which its domain does not record`),
    ...streamFaults(one),
  ];
};

const unfitColumns = (of: string, { table, columns, time, organisation, filters }: RowsExport): readonly string[] => {
  const named = [...columns, time, organisation, ...Object.values(filters).map(({ column }) => column)];
  const missing = named.filter((column) => column !== undefined && !Object.hasOwn(table.columns, column));
  const unshown = columns.filter((column) =>
    ['bytea', 'personal', 'geometry'].includes(table.columns[column]?.type ?? ''),
  );
  return [
    ...missing.map((column) => `${of} names the column ${column}, which ${table.name} has not`),
    ...unshown.map((column) => `${of} shows the column ${column}, which has no form in files`),
  ];
};

/** A parameter by another name is the same address. */
const addressOf = ({ method, ...route }: Pick<Route, 'method' | 'base' | 'path'>): string =>
  `${method} ${urlOf(route).replaceAll(/:\w+/g, ':…')}`;

const unasked: Sql = async () => {
  throw new Error('A read was called while routes were only declared');
};

const unshown: ShowPersonal = async () => {
  throw new Error('A row was shown while routes were only declared');
};

/** Declared with services that none of their handlers is ever called with. */
const routesOf = (domain: Any): Promise<readonly Route[]> => {
  const refuse = (): never => {
    throw new Error('A service was used while routes were only declared');
  };
  const services: Services = {
    reads: domain.reads(unasked, unshown),
    clock: { nowUs: refuse },
    newId: refuse,
    limits: { limitDefault: 1, limitMax: 1 },
    lists: { fitting: refuse, gathered: refuse },
    staleAfterS: 1,
    handle: refuse,
    shownVersion: refuse,
    untilShown: refuse,
  };
  return domain.routes(services as never); // Ports of its own are only used by handlers.
};
