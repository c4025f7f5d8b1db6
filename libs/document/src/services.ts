/** What the routes of documents take. */
import type { ExportKind, Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { exportReads, exportWorkReads } from './exports/reads.ts';

export const documentReads = (sql: Sql) => ({ exports: exportReads(sql), exportWork: exportWorkReads(sql) });

export type DocumentReads = ReturnType<typeof documentReads>;

export type DocumentServices = Services<DocumentReads> & {
  /** Everything that can be had as a file, of all domains. */
  readonly exportKinds: () => readonly ExportKind[];
  /** @throws Problem where no files are kept. */
  readonly files: () => KeptFiles;
};

/** Of the storage of files, what is needed to hand one out. */
export type KeptFiles = {
  /** `undefined` when there is none of this name. @throws TransientFailure */
  get(name: string, range?: { readonly from: number; readonly to: number }): Promise<KeptContent | undefined>;
};

export type KeptContent = {
  readonly file: { readonly bytes: number };
  readonly content: AsyncIterable<Uint8Array>;
};
