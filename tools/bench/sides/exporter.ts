/** Exports as the exporter makes them: from the tables to a file that lies in storage, synced, hashed and read back. */
import { mkdir, rm } from 'node:fs/promises';
import { collectSooner } from '@plenum/assembly';
import { avroCodec } from '@plenum/avro';
import { events, exports as kinds } from '@plenum/catalogue';
import { openLocalFiles } from '@plenum/files';
import { parquetFormat } from '@plenum/parquet';
import { openPool, postgresSnapshotStore } from '@plenum/postgres';
import type { Files } from '@plenum/runtime';
import { type MakeParts, makeExport } from '../../../apps/exporter/src/make-export.ts';
import type { ExportWork } from '../../../apps/exporter/src/work/export-work.ts';
import { pathsOf } from '../../../libs/files/src/layout.ts';
import { type LogPlace, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import type { Passes } from './passes.ts';

export type Start = { readonly log: LogPlace; readonly url: string; readonly folder: string };

export type Asked = {
  readonly format: 'csv' | 'parquet';
  /** Readings from before then; all without it. */
  readonly to?: string;
  /** Whole exports until so many seconds are over, and one at least or so many. */
  readonly seconds: number;
  readonly times?: number;
};

/** `certifyMs` of the whole came after the file was there. The file of the last one is left. */
export type Exported = Passes & { readonly certifyMs: number; readonly bytes: number; readonly path: string };

type Opened = { readonly parts: Omit<MakeParts, 'claimed' | 'progress'>; readonly folder: string };

const closing = new AsyncDisposableStack();
let opened: Opened | undefined;
let storedAtMs = 0;
let epoch = 0;

const start = async ({ log: place, url, folder }: Start): Promise<void> => {
  collectSooner('exporter'); // As its main file does.
  const log = await openLog(place);
  closing.defer(log.close);
  const pool = openPool({ url, applicationName: 'bench exporter', connectionsMax: 4 });
  closing.defer(() => pool.end());
  const parts: Opened['parts'] = {
    ...{ log, kinds, codec: avroCodec(events), work: noWork, files: await emptyFiles(folder) },
    ...{ snapshots: postgresSnapshotStore({ pool }), writerOf: () => parquetFormat, documentWriterOf: noDocuments },
    ...{ rowsMax: 1e12, bytesMax: 1e12, stop: new AbortController().signal },
  };
  opened = { parts, folder };
};

/** Nobody asked for anything, so nothing is written down about it. */
const noWork = { position: async (_, position) => position } satisfies Partial<ExportWork> as unknown as ExportWork; // Making asks for nothing else.

const noDocuments = (format: string): never => {
  throw new Error(`no document is made here, as ${format} or otherwise`);
};

/** A folder of this process. Notes when a file is there. */
const emptyFiles = async (folder: string): Promise<Files> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const files = await openLocalFiles({ folder });
  return {
    ...files,
    put: async (...put) => {
      const file = await files.put(...put);
      storedAtMs = performance.now();
      return file;
    },
  };
};

const run = async ({ format, to, seconds, times = 1 }: Asked): Promise<Exported> => {
  if (opened === undefined) throw new Error('not started');
  const { parts, folder } = opened;
  const asked = to === undefined ? {} : { to };
  const about = { export_id: 'bench', organisation: 'default', kind: 'readings', requested_age_s: 0, lost: 0 };
  const fromMs = performance.now();
  let [records, passes, certifyMs, bytes, file] = [0, 0, 0, 0, ''];
  do {
    if (file !== '') await parts.files.remove(file);
    epoch += 1;
    const claimed = { ...about, format, asked, epoch };
    const made = await makeExport({ ...parts, claimed, progress: { rows: 0, percent: 0 } });
    certifyMs += performance.now() - storedAtMs;
    records += made.rows ?? 0;
    passes += 1;
    ({ bytes, file } = made);
  } while (passes < times || performance.now() - fromMs < seconds * 1000);
  return { records, passes, ms: performance.now() - fromMs, certifyMs, bytes, path: pathsOf(folder, file).content };
};

serve({ start, run }, () => closing.disposeAsync());
