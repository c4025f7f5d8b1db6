import assert from 'node:assert/strict';
import { it } from 'node:test';
import { defineTopic, type EventDefinition } from '@plenum/event';
import { defineRoute } from '@plenum/http';
import { defineFold, defineProjection, provenance } from '@plenum/read-model';
import { conflictsOf } from './conflicts.ts';
import { type Domain, defineDomain, type Services } from './domain.ts';
import type { ExportKind, RowsExport } from './exports.ts';

const table = (name: string) =>
  defineFold<{ readonly event_id: string }, { readonly event_id: string }>({
    table: { name, about: '', columns: { event_id: provenance.event_id }, key: ['event_id'] },
    keyOf: ({ event_id }) => ({ event_id }),
    fold: (row, entry) => row ?? entry,
  });

const projection = (name: string, ...tables: readonly string[]) =>
  defineProjection<{ readonly event_id: string }>({
    ...{ name, version: 1, about: '', topics: [], entry: () => undefined },
    folds: tables.map(table),
  });

const route = (operationId: string, path: string, permission = 'read:one') =>
  defineRoute({
    ...{ operationId, method: 'GET', path, access: { permission }, tags: [], summary: '', answers: { 200: {} } },
    handle: () => ({}),
  });

const things = (kind: string, permission: string, more: Partial<RowsExport> = {}): ExportKind => ({
  ...{ kind, about: '', permission, content: 'rows', rowsAre: 'state', columns: ['event_id'], filters: {} },
  projection: projection('ones', 'first'),
  table: { name: 'first', about: '', columns: { event_id: provenance.event_id }, key: ['event_id'] },
  ...more,
});

/** Only its type is looked at. */
const event = (type: string) => ({ type }) as EventDefinition<never>;

const one = defineDomain({
  name: 'one',
  about: '',
  events: [event('plenum.one.Happened')],
  topics: [defineTopic({ name: 'plenum.one', about: '', keyedBy: '' })],
  projections: [projection('ones', 'first', 'second')],
  inline: [{ schema: 'plenum_one', steps: [], tables: [], statements: () => [] }],
  exports: [things('ones', 'read:one')],
  permissions: { 'read:one': '' },
  reads: () => ({ ones: {} }),
  routes: async (_: Services<{ readonly ones: object }>) => [route('getOne', '/ones/:id')],
  translate: {
    filters: ['one/#'],
    topics: ['one/+'],
    translate: ({ topic: code }) => ({ outcome: 'quarantine', code, detail: '' }),
    subjectOf: () => ({}),
  },
});

const none = { name: 'two', events: [], topics: [], projections: [], permissions: {} } as const;
const other: Domain = { ...none, about: '', reads: () => ({}), routes: async () => [] };

it('finds nothing where every name is taken once', async () => {
  assert.deepEqual(await conflictsOf([one, other]), []);
});

const planted: readonly (readonly [string, Partial<Domain>, string])[] = [
  ['a domain', { name: 'one' }, 'domain one is declared by one and one'],
  ['an event', { events: one.events }, 'event plenum.one.Happened is declared by one and two'],
  ['a topic', { topics: one.topics }, 'topic plenum.one is declared by one and two'],
  ['a projection', { projections: [projection('ones')] }, 'projection ones is declared by one and two'],
  ['a table', { projections: [projection('twos', 'second')] }, 'table public.second is declared by one and two'],
  ['a schema', { inline: one.inline ?? [] }, 'schema of inline tables plenum_one is declared by one and two'],
  ['a permission', { permissions: one.permissions }, 'permission read:one is declared by one and two'],
  ['an export', { exports: [things('ones', 'read:one')] }, 'export ones is declared by one and two'],
  [
    'a permission of an export that nobody declares',
    { exports: [things('twos', 'read:two')] },
    'export twos of two asks for read:two, which no domain declares',
  ],
  [
    'a column of an export that nobody has',
    { exports: [things('twos', 'read:one', { time: 'at' })] },
    'export twos of two names the column at, which first has not',
  ],
  ['a group of reads', { reads: () => ({ ones: {} }) }, 'group of reads ones is declared by one and two'],
  [
    'a route',
    { routes: async () => [route('getTwo', '/ones/:name')] },
    'route GET /api/v1/ones/:… is declared by one and two',
  ],
  [
    'an operation',
    { routes: async () => [route('getOne', '/twos/:id')] },
    'operation getOne is declared by one and two',
  ],
  [
    'a topic filter',
    { translate: { ...one.translate, filters: ['+/two'] } as NonNullable<Domain['translate']> },
    'topic filter one/# of one overlaps with +/two of two',
  ],
  [
    'a permission that nobody declares',
    { routes: async () => [route('listTwos', '/twos', 'read:two')] },
    'route GET /api/v1/twos of two asks for read:two, which no domain declares',
  ],
];
for (const [what, more, expected] of planted) {
  it(`finds ${what} ${what.includes('nobody') ? '' : 'of two domains'}`, async () => {
    assert.deepEqual(await conflictsOf([one, { ...other, ...more }]), [expected]);
  });
}
