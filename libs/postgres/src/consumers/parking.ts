/** What a transaction sets aside and takes back: records of keys of which a consumer takes nothing more. */
import { type CheckpointTransaction, type ParkedRecord, TransientFailure } from '@plenum/runtime';
import { arrayParameter } from '../statements/array-parameter.ts';
import { prepared, type Statement } from '../statements/prepared.ts';
import { keptText } from './kept-text.ts';

type Run = (statement: Statement) => Promise<readonly unknown[][]>;

/** `row`: the name, the version and the generation of the consumer, the topic and the partition. */
export const parkingIn = (
  run: Run,
  row: readonly unknown[],
): Pick<CheckpointTransaction, 'parkedKeys' | 'park' | 'release'> => ({
  parkedKeys: async (keys) => {
    const byText = new Map(keys.map((key) => [keptText(key), key]));
    const found = await run(prepared(parkedKeysSql, [...row, arrayParameter('text', [...byText.keys()])]));
    return new Set(found.map(([key]) => byText.get(String(key)) ?? String(key)));
  },
  park: async (records) => {
    await run(prepared(parkSql, [...row, ...parkedColumns(records)]));
  },
  release: async (key, through, { applied, duplicates, notForIt }) => {
    const counts = [applied, duplicates, notForIt].map(String);
    const released = await run(prepared(releaseSql, [...row, keptText(key), String(through), ...counts]));
    if (released.length !== 1) throw new TransientFailure('fenced', `what was parked of ${key} is not what it was`);
  },
});

const here = 'consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5';

const parkedKeysSql = `select key from plenum.parked_key
where ${here} and key = any($6::text[])`;

const parkSql = `with records as (
  insert into plenum.parked (consumer, version, generation, topic, part, log_offset, key, event_id, value, code, reason)
  select $1, $2, $3, $4, $5, * from
    unnest($6::bigint[], $7::text[], $8::text[], $9::bytea[], $10::text[], $11::text[])
  returning log_offset, key
)
insert into plenum.parked_key (consumer, version, generation, topic, part, key, from_offset)
select $1, $2, $3, $4, $5, key, min(log_offset) from records group by key order by key
on conflict do nothing`;

/** A statement sees the rows as they were before it, so what is left is asked for by offset. */
const releaseSql = `with released as (
  delete from plenum.parked
   where ${here} and key = $6 and log_offset <= $7::bigint
  returning 1
), remaining as (
  select min(log_offset) as first from plenum.parked
   where ${here} and key = $6 and log_offset > $7::bigint
), moved as (
  update plenum.parked_key set from_offset = first from remaining
   where ${here} and key = $6 and first is not null
), ended as (
  delete from plenum.parked_key using remaining
   where ${here} and key = $6 and first is null
)
update plenum.checkpoint set applied = applied + $8::bigint, duplicates = duplicates + $9::bigint,
  not_for_it = not_for_it + $10::bigint, parked = parked - ($8::bigint + $9::bigint + $10::bigint), updated_at = now()
where ${here}
  and (select count(*) from released) = $8::bigint + $9::bigint + $10::bigint returning 1`;

const parkedColumns = (records: readonly ParkedRecord[]): readonly Buffer[] => [
  arrayParameter(
    'bigint',
    records.map(({ offset }) => offset),
  ),
  arrayParameter(
    'text',
    records.map(({ key }) => keptText(key)),
  ),
  arrayParameter(
    'text',
    records.map(({ eventId }) => eventId && keptText(eventId)),
  ),
  arrayParameter(
    'bytea',
    records.map(({ value }) => value),
  ),
  arrayParameter(
    'text',
    records.map(({ code }) => keptText(code)),
  ),
  arrayParameter(
    'text',
    records.map(({ reason }) => keptText(reason)),
  ),
];
