import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
} from '@plenum/read-model';
import type { OrganisationCreatedV1 } from '../generated/schemas.ts';
import { storableText } from '../storable.ts';
import { streamKinds } from '../streams.ts';
import { accessTopic } from '../topics.ts';
import { OrganisationCreated, OrganisationRenamed } from './organisation-events.ts';

export const organisationsTable = defineTable({
  name: 'organisations',
  about: 'Everybody whom users, keys and what they make can belong to.',
  columns: {
    ...decidedColumns,
    organisation: { type: 'text', about: 'Its id: lower-case letters, digits and hyphens.' },
    name: { type: 'text', about: 'For people.' },
    created_at: { type: 'timestamptz', about: 'When it was made.' },
    changed_at: { type: 'timestamptz', about: 'When something was last decided about it.' },
  },
  key: ['organisation'],
});

export type OrganisationsRow = RowOf<typeof organisationsTable>;

const organisations = decidedFold<OrganisationCreatedV1, OrganisationsRow>({
  table: organisationsTable,
  keyOf: ({ id }) => ({ organisation: id }),
  begins: OrganisationCreated,
  first: ({ name }, entry) => ({
    ...placeOf(entry),
    organisation: entry.id,
    name: storableText(name),
    created_at: entry.event.effectiveTimeUs,
    changed_at: entry.event.effectiveTimeUs,
  }),
  next: (row, entry) => ({
    ...row,
    ...renamedBy(entry),
    ...placeOf(entry),
    organisation: row.organisation,
    changed_at: entry.event.effectiveTimeUs,
  }),
});

const renamedBy = ({ event }: DecidedEntry): Partial<OrganisationsRow> => {
  const renamed = dataIf(OrganisationRenamed, event);
  return renamed === undefined ? {} : { name: storableText(renamed.name) };
};

export const organisationsProjection = defineProjection<DecidedEntry>({
  name: 'organisations',
  version: 1,
  about: 'Organisations as decided.',
  topics: [accessTopic.name],
  streams: [streamKinds.organisation],
  entry: decidedEntry,
  folds: [organisations],
});
