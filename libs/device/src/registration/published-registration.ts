/**
 * What was done about each node's registration at the broker, so that a bridge that starts says nothing twice. It is no table of
 * decisions and is not made again from them: it is written when something was published, and by who published it.
 */
import { deviceSchema } from '../authorization/authorized-nodes.ts';

export const publishedRegistrationSteps = `
create table ${deviceSchema}.published_registration (
  node_id text primary key,
  -- What was decided about the node when it was looked at.
  stream_version int not null,
  -- published, left: somebody else's is retained; removing; removed
  state text not null,
  -- Of the registration that was wanted; NULL: none, the node was removed.
  digest text,
  changed_at timestamptz not null default now()
);
create index published_registration_removed on ${deviceSchema}.published_registration (changed_at desc)
  where state in ('removing', 'removed');
`;
