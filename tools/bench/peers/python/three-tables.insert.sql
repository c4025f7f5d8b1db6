-- A reading that is there already counts nowhere: what is folded comes from the rows that are new.
with fresh as (
  insert into readings (sensor_id, time, sensor_type, value, unit, location, metadata)
  select *
  from unnest(
    %(sensor_id)s::text[],
    %(time)s::timestamptz[],
    %(sensor_type)s::text[],
    %(value)s::double precision[],
    %(unit)s::text[],
    %(location)s::jsonb[],
    %(metadata)s::jsonb[]
  )
  on conflict do nothing
  returning *
),
newest as (
  insert into latest (sensor_id, time, sensor_type, value, unit, location, metadata)
  select distinct on (sensor_id) sensor_id, time, sensor_type, value, unit, location, metadata
  from fresh
  order by sensor_id, time desc
  on conflict (sensor_id) do update set
    time = excluded.time,
    sensor_type = excluded.sensor_type,
    value = excluded.value,
    unit = excluded.unit,
    location = excluded.location,
    metadata = excluded.metadata
  where latest.time < excluded.time
)
insert into minutes (sensor_id, minute, readings, value_sum, value_min, value_max)
select sensor_id, date_trunc('minute', time), count(*), sum(value), min(value), max(value)
from fresh
group by 1, 2
on conflict (sensor_id, minute) do update set
  readings = minutes.readings + excluded.readings,
  value_sum = minutes.value_sum + excluded.value_sum,
  value_min = least(minutes.value_min, excluded.value_min),
  value_max = greatest(minutes.value_max, excluded.value_max)
