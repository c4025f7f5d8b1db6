/** An export from the command line: asked for, made and written, beside a Plenum that runs or alone. */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { filesSettings, openFiles } from '@plenum/assembly';
import { exports as kinds } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import { askForExport, type ExportWorkReads, exportWorkReads, judgeExport, type NewExport } from '@plenum/document';
import { timeId } from '@plenum/event';
import { exporterSettings } from '@plenum/exporter';
import { createLogger } from '@plenum/metrics';
import { type Files, handleCommand, pause } from '@plenum/runtime';
import { type Access, newMetadata, withAccess } from '../access/with-access.ts';
import { type Surroundings, UsageError } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';
import { exporterPart } from '../stack/exporter-part.ts';
import { progressShown } from './progress-shown.ts';

type Asked = Omit<NewExport, 'filters' | 'options' | 'as_of'> & {
  readonly out: string | undefined;
  readonly 'as-of': string | undefined;
  readonly filters: string | undefined;
  readonly options: string | undefined;
  readonly log: LogName | undefined;
  readonly json: boolean;
};

const settings = { ...processSettings, ...filesSettings, ...exporterSettings };
const lookEveryMs = 200;

/** @returns the exit code. @throws UsageError that names every fault; Error with the reason when no file can be made. */
export const runExport = async (asked: Asked, surroundings: Surroundings): Promise<number> => {
  const wanted = judged(asked);
  const config = readConfig(settings, surroundings.environment);
  return withAccess({ log: asked.log }, surroundings, async (access) => {
    const files = await openFiles(config);
    const reads = exportWorkReads(access.sql);
    const id = await request(access, reads, wanted);
    const logger = createLogger({ name: 'export', level: 'error', to: 'stderr' });
    const { decisions, foundation } = access;
    const ending = new AbortController();
    const part = exporterPart({ ...{ foundation, decisions, files, config, logger }, together: 1 });
    const making = part.run(AbortSignal.any([ending.signal, surroundings.stop]));
    try {
      const ended = await Promise.race([untilEnded(reads, id, surroundings), making.then(() => undefined)]);
      surroundings.stop.throwIfAborted();
      if (ended === undefined) throw new Error('the exporter ended before the file was made');
      const written = await writeOut(files, ended, asked.out ?? ended.fileName);
      await surroundings.out(
        asked.json
          ? `${JSON.stringify({ export_id: id, ...written })}\n`
          : `${written.file}  ${written.bytes} bytes, SHA-256 ${written.sha256}\n`,
      );
      return 0;
    } finally {
      ending.abort();
      await making;
    }
  });
};

const judged = ({ kind, format, from, to, 'as-of': as_of, filters, options }: Asked) => {
  const given = {
    kind,
    format,
    from,
    to,
    as_of,
    filters: objectIn('filters', filters),
    options: objectIn('options', options),
  };
  const fits = judgeExport(kinds, given, Date.now() * 1_000);
  if (fits.outcome === 'fits') return { kind: fits.kind.kind, format: fits.format, asked: fits.asked };
  const faults = fits.faults.map(({ field, detail }) => `${field.replace('_', '-')} ${detail}`);
  throw new UsageError(faults.length === 1 ? (faults[0] ?? '') : `these are wrong:\n  ${faults.join('\n  ')}`);
};

const objectIn = (name: string, written: string | undefined): Readonly<Record<string, unknown>> | undefined => {
  if (written === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, as for JSON that is something else.
  }
  throw new UsageError(`--${name} must be a JSON object, and is "${written}"`);
};

type Wanted = ReturnType<typeof judged>;

const request = async ({ decisions }: Access, work: ExportWorkReads, wanted: Wanted): Promise<string> => {
  const clock = { nowUs: () => Date.now() * 1_000 };
  const parts = {
    store: decisions.store,
    personal: decisions.personal,
    clock,
    random: { bytes16: () => randomBytes(16) },
  };
  const newId = (): string => timeId(Date.now(), randomBytes(16));
  const handle: Parameters<typeof askForExport>[0]['handle'] = (command, metadata) =>
    handleCommand(parts, command, metadata);
  const came = await askForExport({ work, handle, newId }, wanted, newMetadata(undefined));
  if (came.outcome === 'done') return came.id;
  throw new Error(came.outcome === 'refused' ? came.reason : 'the export could not be asked for');
};

type Made = { readonly storedAs: string; readonly fileName: string; readonly digest: string };

/** Shows how far it is, and settles when there is a file. @throws Error with the reason when there will be none. */
const untilEnded = async (
  reads: ExportWorkReads,
  id: string,
  surroundings: Surroundings,
): Promise<Made | undefined> => {
  const shown = progressShown(surroundings);
  try {
    while (!surroundings.stop.aborted) {
      const row = await reads.file(id);
      if (row === undefined) throw new Error('the export is gone');
      if (row.state === 'ready' && row.file !== null && row.file_name !== null && row.digest !== null) {
        return { storedAs: row.file, fileName: row.file_name, digest: row.digest };
      }
      if (row.state !== 'requested') throw new Error(row.reason ?? `the export is ${row.state}`);
      const [run] = await reads.running([id]);
      if (run !== undefined) shown.at(run);
      await pause(lookEveryMs, surroundings.stop);
    }
    return undefined;
  } finally {
    shown.end();
  }
};

/** The file takes its name when all of it is there and is what was decided on. */
const writeOut = async (files: Files, { storedAs, digest }: Made, file: string) => {
  const got = await files.get(storedAs);
  if (got === undefined) throw new Error('the file was removed before it was written');
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await pipeline(
      got.content,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          bytes += chunk.byteLength;
          yield chunk;
        }
      },
      createWriteStream(partial, { flags: 'wx' }),
    );
    const sha256 = hash.digest('hex');
    if (sha256 !== digest) throw new Error(`the file is not what was decided on: its SHA-256 is ${sha256}`);
    await rename(partial, file);
    return { file, bytes, sha256 };
  } finally {
    await rm(partial, { force: true });
  }
};
