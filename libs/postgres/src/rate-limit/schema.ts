/**
 * Where requests are counted. The table is unlogged: nobody waits for the disk to count a request, and what a crash of
 * the server forgets is one minute.
 */

import { bucketLifeS, nearLimit } from '@plenum/runtime';

export const rateLimitSchema = 'plenum_access';

/** In the first place of a key of advisory locks; the second is the identity's hash. */
const identityLock = 7_081_962;

/** Steps that are only added to. */
export const rateLimitSteps: readonly string[] = [
  `
create unlogged table ${rateLimitSchema}.rate_limits (
  identifier text not null,
  -- Since 1970-01-01T00:00Z. The next second too: it holds what was taken in advance.
  second bigint not null,
  requests int not null check (requests >= 0),
  primary key (identifier, second)
) with (fillfactor = 50);

-- \`grantRequests\` of libs/access for several identities at once, each under its own lock: see there for what is counted
-- when and why. Always in the same order, so that two processes never wait for each other.
create function ${rateLimitSchema}.take_requests(
  identifiers text[], limits int[], waitings int[], shares int[], back_seconds bigint[], backs int[], at_time float8
) returns table (
  place int, granted int, shared int, at_second float8, bucket_seconds float8[], bucket_requests int[]
) language plpgsql as $$
declare
  ask record;
  this_second bigint;
  free int;
begin
  for ask in
    select * from unnest(identifiers, limits, waitings, shares, back_seconds, backs) with ordinality
      as asked (identifier, max_requests, waiting, share, back_second, back, n)
    order by hashtext(identifier), identifier
  loop
    perform pg_advisory_xact_lock(${identityLock}, hashtext(ask.identifier));
    -- Not before the lock is there: it may have been waited for.
    at_second := coalesce(at_time, extract(epoch from clock_timestamp()));
    this_second := floor(at_second);
    if ask.back > 0 then
      update ${rateLimitSchema}.rate_limits r set requests = greatest(0, r.requests - ask.back)
        where r.identifier = ask.identifier and r.second = ask.back_second;
    end if;
    select greatest(0, ask.max_requests - coalesce(sum(r.requests), 0)) into free
      from ${rateLimitSchema}.rate_limits r
      where r.identifier = ask.identifier and r.second > this_second - ${bucketLifeS};
    granted := least(ask.waiting, free);
    shared := greatest(0, least(ask.share, free - granted - ${nearLimit}));
    insert into ${rateLimitSchema}.rate_limits as r (identifier, second, requests)
      select ask.identifier, added.second, added.requests
      from (values (this_second, granted), (this_second + 1, shared)) as added (second, requests)
      where added.requests > 0
      on conflict (identifier, second) do update set requests = r.requests + excluded.requests;
    select coalesce(array_agg(r.second::float8), '{}'), coalesce(array_agg(r.requests), '{}')
      into bucket_seconds, bucket_requests
      from ${rateLimitSchema}.rate_limits r
      where r.identifier = ask.identifier and r.second > this_second - ${bucketLifeS} and r.requests > 0;
    place := ask.n;
    return next;
  end loop;
end
$$`,
];
