/** Exports, as the exporter makes them, beside the programs that write such files and do nothing else. */
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Drawing } from '@plenum/drawing';
import type { LimitBench, Measured, RatioBench, RunSettings } from '../bench.ts';
import type { Member } from '../machine/member.ts';
import { startPythonMember } from '../machine/python-member.ts';
import { type Usage, type Watched, watchUsage } from '../machine/usage.ts';
import type { Asked as CopyAsked, Start as CopyStart } from '../sides/copy-to.ts';
import type { Drawn, Start as DrawStart } from '../sides/draw.ts';
import type { Asked, Exported, Start } from '../sides/exporter.ts';
import type { Passes } from '../sides/passes.ts';
import { megabytes, percent } from '../tell.ts';
import type { World } from '../world.ts';
import { exportTables } from './export-tables.ts';
import { readingsFromMs } from './readings-log.ts';

const group = 'exports';
const exportedRows = 1_000_000;
const manyRows = 10_000_000;

/** Readings from before then make a small export, for a process to get warm. */
const warmUpTo = new Date(readingsFromMs + 120_000).toISOString();

export const exportCsv: RatioBench = {
  kind: 'ratio',
  ...{ name: 'export-csv', group },
  about: `${exportedRows} readings as CSV, from the tables to a certified file`,
  unit: 'rows/s',
  logs: ['postgres'],
  subject: (world, settings) => exported(world, 'csv', settings),
  against: [
    {
      name: 'COPY',
      about: 'COPY of the same question into a file, which is synced',
      ...{ atLeast: 0.5, aim: 0.8 },
      run: async (world, { seconds }) => {
        const { url } = await exportTables(world, exportedRows);
        const copy = await world.member({ name: 'copy', program: 'sides/copy-to.ts' });
        try {
          const pid = await copy.ask<number>('start', { url } satisfies CopyStart);
          const target = path.join(await folderOf(world), 'copied.csv');
          await copy.ask('run', { target, to: warmUpTo, seconds: 0 } satisfies CopyAsked);
          const run = () => copy.ask<Passes>('run', { target, seconds } satisfies CopyAsked);
          return await watchedRun([{ name: 'backend', pid }, copy], exportedRows, run);
        } finally {
          await copy.stop();
        }
      },
    },
  ],
};

export const exportParquet: RatioBench = {
  kind: 'ratio',
  ...{ name: 'export-parquet', group },
  about: `${exportedRows} readings as Parquet, from the tables to a certified file`,
  unit: 'rows/s',
  logs: ['postgres'],
  subject: (world, settings) => exported(world, 'parquet', settings),
  against: [
    {
      name: 'DuckDB',
      about: 'DuckDB makes Parquet of the same rows, from CSV that lies there',
      ...{ atLeast: 0.25, aim: 0.4 },
      run: async (world, { seconds }) => {
        const source = await csvFile(world);
        const target = path.join(await folderOf(world), 'converted.parquet');
        const program = 'sides/python/convert_csv.py';
        const duckdb = await startPythonMember({ name: 'duckdb', program, requirements: 'duckdb/requirements.txt' });
        try {
          world.tell(`  ${await duckdb.ask<string>('about')}`);
          await duckdb.ask('run', { source, target, seconds: 0 });
          return await watchedRun([duckdb], exportedRows, () => duckdb.ask<Passes>('run', { source, target, seconds }));
        } finally {
          await duckdb.stop();
        }
      },
    },
  ],
};

export const exportDxf: RatioBench = {
  kind: 'ratio',
  ...{ name: 'export-dxf', group },
  about: 'a plan of 10,000 panels, drawn and written as DXF into a synced file',
  unit: 'shapes/s',
  logs: ['postgres'],
  subject: async (world, { seconds }) => {
    const draw = await world.member({ name: 'draw', program: 'sides/draw.ts' });
    try {
      await draw.ask('start', { folder: path.join(await folderOf(world), 'drawn') } satisfies DrawStart);
      await draw.ask('run', { seconds: warmUpSeconds });
      let drawn: Drawn | undefined;
      const measured = await watchedRun(
        [draw],
        undefined,
        async () => (drawn = await draw.ask<Drawn>('run', { seconds })),
      );
      if (drawn !== undefined)
        world.tell(`  ${ofOne(drawn)}; reading it back takes ${drawn.certifyMs.toFixed(0)} ms more`);
      return measured;
    } finally {
      await draw.stop();
    }
  },
  against: [
    {
      name: 'ezdxf',
      about: 'ezdxf makes a drawing of the same shapes and saves it',
      ...{ atLeast: 2, aim: 3 },
      run: async (world, { seconds }) => {
        const folder = await folderOf(world);
        const draw = await world.tool({ name: 'draw', program: 'sides/draw.ts' });
        const drawing = await draw
          .ask<Drawing>('start', { folder: path.join(folder, 'plan') } satisfies DrawStart)
          .finally(draw.stop);
        const program = 'sides/python/draw_dxf.py';
        const ezdxf = await startPythonMember({ name: 'ezdxf', program, requirements: 'drawings/requirements.txt' });
        try {
          world.tell(`  ${await ezdxf.ask<string>('prepare', { drawing })}`);
          const target = path.join(folder, 'saved.dxf');
          await ezdxf.ask('run', { target, seconds: 0 });
          return await watchedRun([ezdxf], undefined, () => ezdxf.ask<Passes>('run', { target, seconds }));
        } finally {
          await ezdxf.stop();
        }
      },
    },
  ],
};

/** Node has compiled by then what it will. */
const warmUpSeconds = 2;

const ofOne = ({ ms, passes }: Passes): string => `one takes ${(ms / passes).toFixed(0)} ms`;

const formats = ['csv', 'parquet'] as const;

export const exportMemory: LimitBench = {
  kind: 'limit',
  ...{ name: 'export-memory', group },
  about: `the most that the exporter holds for ${manyRows} rows in one file, over that for as many in files of ${exportedRows}`,
  unit: 'times',
  logs: ['postgres'],
  onRequest: true,
  limits: () => formats.map((format) => ({ name: `export-memory-${format}`, atMost: 1.1, aim: 1.05 })),
  measure: async (world, { pairs }) => {
    const limited = formats.map(() => ({ values: [] as number[], usage: [] as Usage[], notes: [] as string[] }));
    // Processes of their own each time: what one has held is never seen again.
    for (let run = 0; run < pairs; run += 1) {
      for (const [index, format] of formats.entries()) {
        const few = await peakOf(world, format, exportedRows);
        const many = await peakOf(world, format, manyRows);
        limited[index]?.values.push(many.peak / few.peak);
        limited[index]?.usage.push(few.usage, many.usage);
        limited[index]?.notes.push(`${format}: ${megabytes(few.peak)}, ${megabytes(many.peak)}`);
      }
    }
    return limited;
  },
};

/** A process holds more the longer it works, up to some size: so each makes as many rows. */
const peakOf = async (world: World, format: Asked['format'], rows: number) => {
  const exporter = await startExporter(world, rows);
  try {
    const run = () => exporter.ask<Exported>('run', { format, seconds: 0, times: manyRows / rows } satisfies Asked);
    const { usage } = await watchedRun([exporter], rows, run);
    return { usage, peak: usage.processes[0]?.peakRssBytes ?? Number.NaN };
  } finally {
    await exporter.stop();
  }
};

const exported = async (world: World, format: Asked['format'], { seconds }: RunSettings): Promise<Measured> => {
  const exporter = await startExporter(world, exportedRows);
  try {
    // DuckDB has converted all of it once by the time it is measured, too.
    const some = format === 'parquet' ? {} : { to: warmUpTo };
    await exporter.ask('run', { format, ...some, seconds: 0 } satisfies Asked);
    let done: Exported | undefined;
    const postgres = (await world.postgres()).watched();
    const measured = await watchedRun(
      [exporter, postgres],
      exportedRows,
      async () => (done = await exporter.ask<Exported>('run', { format, seconds } satisfies Asked)),
    );
    if (done !== undefined) {
      world.tell(`  ${megabytes(done.bytes)}, ${percent(done.certifyMs / done.ms)} of the time for reading it back`);
    }
    return measured;
  } finally {
    await exporter.stop();
  }
};

const startExporter = async (world: World, rows: number): Promise<Member> => {
  const { log, url } = await exportTables(world, rows);
  const exporter = await world.member({ name: 'exporter', program: 'sides/exporter.ts' });
  await exporter.ask('start', { log, url, folder: path.join(await folderOf(world), 'files') } satisfies Start);
  return exporter;
};

/** @param watched the component first. @param rows of each pass; one that has others ends the measurement. */
const watchedRun = async (
  watched: readonly Watched[],
  rows: number | undefined,
  run: () => Promise<Passes>,
): Promise<Measured> => {
  const usageSince = watchUsage(watched);
  const { records, passes, ms } = await run();
  const usage = usageSince();
  if (rows !== undefined && records !== rows * passes) {
    throw new Error(`${records} rows in ${passes} passes, where each has ${rows}`);
  }
  return { perSecond: (records / ms) * 1000, usage, saturation: usage.processes[0]?.busyShare ?? 0 };
};

let made: Promise<string> | undefined;

/** The exporter's own CSV of the same rows, made once. */
const csvFile = (world: World): Promise<string> => (made ??= makeCsvFile(world));

const makeCsvFile = async (world: World): Promise<string> => {
  const exporter = await startExporter(world, exportedRows);
  try {
    const { path: written } = await exporter.ask<Exported>('run', { format: 'csv', seconds: 0 } satisfies Asked);
    const kept = path.join(await folderOf(world), 'readings.csv');
    await rename(written, kept);
    return kept;
  } finally {
    await exporter.stop();
  }
};

const folderOf = async ({ cacheDirectory }: World): Promise<string> => {
  const folder = path.join(cacheDirectory, 'exports');
  await mkdir(folder, { recursive: true });
  return folder;
};
