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
