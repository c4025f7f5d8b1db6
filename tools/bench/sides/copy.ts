/**
 * The bare side of projection: the same rows, in the same batches, into the same table, by COPY, one transaction a batch.
 * Rows are encoded before anything is measured. As many connections as the projector has partitions in hand, each with the
 * next batch as soon as it has none. (With two or three times as many it was not faster.)
 */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { formatTimeUs } from '@plenum/event';
import { openPool, postgresReadModelStore } from '@plenum/postgres';
import { buildOf, type Projection, type Row, type Table, type Value } from '@plenum/read-model';
import { decodeAll, type Log } from '@plenum/runtime';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { milestones } from '../machine/milestones.ts';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { readingsOf, schemaOf } from './projections.ts';

export type Prepare = { readonly log: LogPlace; readonly url: string; readonly nowMs: number };

type Encoded = { readonly bytes: Buffer; readonly rows: number };

const batchRows = 1_000;
const connections = 8;
const choice = { shape: 'copied' } as const;
const progress = milestones();
let batches: Encoded[] = [];
let pool: pg.Pool | undefined;
let running: Promise<unknown> = Promise.resolve();

/** Makes the empty table and encodes all rows of the log, by partition. */
const prepare = async ({ log: place, url, nowMs }: Prepare): Promise<number> => {
  const projection = readingsOf(choice);
  const partitions = topics
    .filter(({ name }) => projection.topics.includes(name))
    .flatMap((topic) => Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition })));
  const opened = openPool({ url, applicationName: 'bench copy', connectionsMax: connections });
  pool = opened;
  await postgresReadModelStore({ pool: opened, logger: loudLogger, nowMs: () => nowMs }).prepare(
    buildOf(projection),
    partitions,
  );
  const log = await openLog(place);
  try {
    const lanes = await Promise.all(
      partitions.map(({ topic, partition }) => encodeLane(log, projection, topic, partition)),
    );
    batches = inTurn(lanes);
  } finally {
    await log.close();
  }
  return batches.reduce((sum, { rows }) => sum + rows, 0);
};

/** The first of every partition, then the second of every partition, and so on. */
const inTurn = (lanes: readonly (readonly Encoded[])[]): Encoded[] => {
  const longest = Math.max(...lanes.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lanes.flatMap((lane) => lane[index] ?? [])).flat();
};

const encodeLane = async (
  log: Log,
  projection: Projection,
  topic: string,
  partition: number,
): Promise<readonly Encoded[]> => {
  const codec = avroCodec(events);
  const { ledger } = projection;
  if (ledger === undefined) throw new Error('a projection without a ledger has no rows to copy');
  const end = (await log.positions(topic))[partition]?.next ?? 0n;
  const batches: Encoded[] = [];
  let lines: string[] = [];
  const cut = (): void => {
    if (lines.length > 0) batches.push({ bytes: Buffer.from(lines.join('')), rows: lines.length });
    lines = [];
  };
  for await (const { records } of log.read({ topic, partition, from: 0n, to: end })) {
    for (const { record, known } of await decodeAll(codec, records)) {
      if (known.outcome !== 'event') throw new Error(known.reason);
      const row = projection.entry({ event: known.event, partition, offset: record.offset });
      if (row === undefined) throw new Error('a reading has no row');
      lines.push(lineOf(ledger, row as Row)); // With a ledger, an entry is a ledger row.
      if (lines.length === batchRows) cut();
    }
  }
  cut();
  return batches;
};

const lineOf = (table: Table, row: Row): string =>
  `${Object.entries(table.columns)
    .map(([name, { type }]) => textOf(type, row[name]))
    .join('\t')}\n`;

const textOf = (type: string, value: Value): string => {
  if (value === undefined) return '\\N';
  if (type === 'timestamptz') return formatTimeUs(Number(value));
  return String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
};

const start = (): void => {
  const [name, columns] = [readingsOf(choice).ledger?.name, Object.keys(readingsOf(choice).ledger?.columns ?? {})];
  const into = `copy ${schemaOf(choice)}.${name} (${columns.map((column) => `"${column}"`).join(', ')}) from stdin`;
  running = Promise.all(Array.from({ length: connections }, () => copyBatches(into)));
  running.catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
};

const copyBatches = async (into: string): Promise<void> => {
  const client = await pool?.connect();
  if (client === undefined) throw new Error('nothing was prepared');
  try {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const { bytes, rows } = batch;
      await client.query('begin');
      await pipeline(Readable.from([bytes]), client.query(copyFrom(into)));
      await client.query('commit');
      progress.add(rows);
    }
  } finally {
    client.release();
  }
};

const reached = ({ count }: { readonly count: number }) => progress.reached(count);

serve({ prepare, start, reached }, async () => {
  await running;
  await pool?.end();
});
