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

create table if not exists latest (
  sensor_id text primary key,
  time timestamptz not null,
  sensor_type text not null,
  value double precision not null,
  unit text not null,
  location jsonb not null,
  metadata jsonb
);

create table if not exists minutes (
  sensor_id text not null,
  minute timestamptz not null,
  readings integer not null,
  value_sum double precision not null,
  value_min double precision not null,
  value_max double precision not null,
  primary key (sensor_id, minute)
);
