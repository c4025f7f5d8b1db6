/** A database with a log, decisions and tables in it, and exporters over them. Everything ends with the test. */

import { createHash, randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assemblySettings, openCodec, openDecisions, openFoundation } from '@plenum/assembly';
import { exports as kinds, projections, topics } from '@plenum/catalogue';
import { ReadingReported, type ReadingReportedData } from '@plenum/ceiling';
import { readConfig } from '@plenum/config';
import { type ExportAsked, exportWorkReads, requestExport } from '@plenum/document';
import type { ExportKind } from '@plenum/domain';
import { type Actor, type Event, formatTimeUs, timeId } from '@plenum/event';
import { writers } from '@plenum/export-formats';
import { openLocalFiles } from '@plenum/files';
import { listenTo, postgresReadModelStore, postgresSnapshotStore, query, sqlOf } from '@plenum/postgres';
import { silentLogger, testDirectory, testServer } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import { handleCommand, projectBatch } from '@plenum/runtime';
import { decideIn } from '../decide.ts';
import { type ExporterParts, exporterCounts, runExporter } from '../run.ts';
import { exportWorkIn } from '../work/export-work.ts';

const clock = { nowUs: () => Date.now() * 1_000 };

export const ann: Actor = { id: 'ann', kind: 'user', permissions: ['*'], organisation: 'default' };

export const exporterWorld = async (t: TestContext) => {
  const { url } = await testServer(t);
  const filesDir = testDirectory(t);
  const stop = new AbortController();
  const config = readConfig(assemblySettings, { DATABASE_URL: url });
  const settings = { config, logger: silentLogger, stop: stop.signal };
  const foundation = await openFoundation({ ...settings, applicationName: 'test', connectionsMax: 16 });
  const { log, database } = foundation;
  const { pool } = database;
  const codec = await openCodec(settings);
  const masterKeys = { current: randomBytes(32).toString('hex') };
  const decisions = await openDecisions({ database, log, codec, masterKeys, logger: silentLogger });
  const files = await openLocalFiles({ folder: filesDir });
  const parts = {
    store: decisions.store,
    personal: decisions.personal,
    clock,
    random: { bytes16: () => randomBytes(16) },
  };
  const running: Promise<void>[] = [];
  t.after(async () => {
    stop.abort();
    await Promise.allSettled(running);
    await decisions.close();
    await foundation.close();
  });

  const store = postgresReadModelStore({ pool, logger: silentLogger });
  const builds = projections.filter(({ name }) => name === 'readings' || name === 'nodes').map((one) => buildOf(one));
  const partitionsOf = (names: readonly string[]) =>
    topics
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, partitions }) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
      );
  for (const build of builds) await store.prepare(build, partitionsOf(build.topics));

  let said = 0;
  return {
    ...{ url, filesDir, pool, files, log, codec, store: decisions.store },
    /** So many more readings of seven sensors, in the log and in the tables. */
    read: async (count: number, more: Partial<ReadingReportedData> = {}): Promise<void> => {
      for (let left = count; left > 0; left -= 1_000) {
        const events = Array.from({ length: Math.min(left, 1_000) }, () => reading((said += 1), more));
        await log.append(events.map(codec.encode));
      }
      for (const build of builds) {
        for (const at of partitionsOf(build.topics)) {
          const from = await store.position(build, at);
          const to = (await log.positions(at.topic))[at.partition]?.next ?? 0n;
          for await (const batch of log.read({ ...at, from, to })) {
            await projectBatch({ store, codec, projection: build }, batch);
          }
        }
      }
    },
    ask: async (kind: string, format: string, asked: ExportAsked = {}, actor = ann): Promise<string> => {
      const exportId = timeId(Date.now(), randomBytes(16));
      const slots = await exportWorkReads(sqlOf(pool)).freeSlots({ by: actor.id, organisation: actor.organisation });
      const command = requestExport({
        ...{ exportId, kind, format, asked: JSON.stringify(asked), actor },
        slots: { user: slots.user_slot, organisation: slots.organisation_slot },
      });
      const done = await handleCommand(parts, command, { id: exportId, actor });
      if (done.outcome !== 'done') throw new Error(JSON.stringify(done));
      return exportId;
    },
    decide: decideIn(parts),
    /** Until the test ends, or what it returns is called. */
    startExporter: (more: Partial<ExporterParts> = {}, ownKinds: readonly ExportKind[] = []) => {
      const own = new AbortController();
      const counts = exporterCounts();
      const run = runExporter(
        {
          ...{ log, codec, files, clock, counts, logger: silentLogger, ...writers, decide: decideIn(parts) },
          ...{ kinds: [...kinds, ...ownKinds], work: exportWorkIn(sqlOf(pool)) },
          snapshots: postgresSnapshotStore({ pool }),
          listen: (channel) => listenTo({ ...channel, pool, logger: silentLogger }),
          ...{ bytesMax: 1_000_000_000, rowsMax: 10_000_000, keepMs: 3_600_000, together: 2 },
          ...more,
        },
        AbortSignal.any([stop.signal, own.signal]),
      );
      running.push(run);
      return {
        counts,
        stop: async () => {
          own.abort();
          await run;
        },
      };
    },
    /** Settles when the export is in this state. */
    until: async (exportId: string, ...states: readonly string[]): Promise<ExportRow> => {
      for (;;) {
        const [row] = await query<ExportRow>(
          pool,
          'select state, file, digest, bytes::int, media_type from plenum_document.export_work where export_id = $1',
          [exportId],
        );
        if (row !== undefined && states.includes(row.state)) return row;
        await sleep(20, undefined, { signal: t.signal });
      }
    },
    bytesOf: async (name: string | null): Promise<Buffer> => {
      const got = await files.get(name ?? '');
      if (got === undefined) throw new Error(`${name} is not there`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of got.content) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    /** What is recorded of it last. */
    lastEvent: async (exportId: string): Promise<Event> => {
      const { events } = await decisions.store.load(`export-${exportId}`);
      const last = events.at(-1);
      if (last === undefined) throw new Error('nothing is recorded');
      return last;
    },
  };
};

type ExportRow = {
  readonly state: string;
  readonly file: string | null;
  readonly digest: string | null;
  readonly bytes: number;
  readonly media_type: string | null;
};

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** 2026-03-04T09:15:02.118Z. */
export const beginUs = 1_772_615_702_118_000;

const reading = (number: number, more: Partial<ReadingReportedData>): Event => {
  const timeUs = beginUs + number * 1_000;
  const sensor = number % 7;
  const data: ReadingReportedData = {
    ...{
      sensor_id: `ceiling_node_${sensor}_temperature`,
      node_id: `ceiling_node_${sensor}`,
      sensor_type: 'temperature',
    },
    ...{ value: number / 8, unit: '"°C", or not', device_time: timeUs },
    ...{ timestamp: formatTimeUs(timeUs), message_id: undefined },
    location: { x: sensor, y: 2, z: 3, zone: undefined },
    metadata: undefined,
    ...more,
  };
  const times = { effectiveTimeUs: timeUs, recordedTimeUs: timeUs };
  return {
    id: timeId(Math.floor(timeUs / 1_000), randomBytes(16)),
    type: ReadingReported.type,
    source: 'test',
    ...times,
    data,
  };
};
