create table if not exists readings (
  sensor_id text not null,
  time timestamptz not null,
  sensor_type text not null,
  value double precision not null,
  unit text not null,
  location jsonb not null,
  metadata jsonb,
  primary key (sensor_id, time)
);
