/** What is known about projections besides their rows and checkpoints: which version of each queries see. */
import type pg from 'pg';
import { makeMissing, type TableSteps } from '../consumers/consumer-tables.ts';

/** Makes the table of versions, if it is not there. Call it under `lockTables`, after `makeConsumerTables`. */
export const makeProjectionMetadata = (client: pg.ClientBase): Promise<void> => makeMissing(client, steps);

const versions = `
create table plenum.projection (
  name text not null,
  version int not null,
  state text not null check (state in ('building', 'active', 'retired')),
  prepared_at timestamptz not null default now(),
  activated_at timestamptz,
  primary key (name, version)
);
create unique index projection_active on plenum.projection (name) where state = 'active';
comment on table plenum.projection is
  'Versions of projections. Each has its tables in schema <name>_v<version>; views in public show the active one.';
`;

const steps: TableSteps = [['plenum.projection', versions]];
