/** What is known about projections besides their rows and checkpoints: which builds there are, and which queries see. */
import type pg from 'pg';
import { makeMissing, type TableSteps } from '../consumers/consumer-tables.ts';

/** Makes the table of builds, if it is not there. Call it under `lockTables`, after `makeConsumerTables`. */
export const makeProjectionMetadata = (client: pg.ClientBase): Promise<void> => makeMissing(client, metadataTables);

const builds = `
create table plenum.projection (
  name text not null,
  version int not null,
  generation int not null,
  state text not null check (state in ('building', 'active', 'retired', 'dropped')),
  prepared_at timestamptz not null default now(),
  activated_at timestamptz,
  primary key (name, version, generation)
);
create unique index projection_active on plenum.projection (name) where state = 'active';
create unique index projection_building on plenum.projection (name) where state = 'building';
comment on table plenum.projection is
  'Builds of projections. Each has its tables in schema <name>_v<version>_g<generation>; views show the active one.
A retired build is about to be dropped. The line of a dropped one stays, so that no number is given twice.';
`;

export const metadataTables: TableSteps = [['plenum.projection', builds]];
