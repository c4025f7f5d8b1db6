/** What an export comes to, before it is written. */
import type { ExportPosition } from '@plenum/document';
import type { Certificate, ExportFile } from '@plenum/runtime';

export type Content = {
  readonly position: ExportPosition;
  readonly mediaType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many rows were written, once all were; `undefined` for a document. */
  readonly rows: () => number | undefined;
  /** Reads the file again. */
  readonly certify: (file: ExportFile) => Promise<Certificate>;
};

/** Takes the bytes while what they are made of stands still. */
export type Take<T> = (content: Content) => Promise<T>;
