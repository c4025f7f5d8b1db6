/**
 * Files: exports, photos, packages, archives. A name is given once: what is found under it is always the same bytes, until it is
 * removed. That is what lets a folder and an object store keep the same promises (a rename that refuses, a conditional write),
 * lets a put that is made again after a crash do no harm, and lets answers be cached for ever.
 */
import type { ByteRange } from './range.ts';

export type Files = {
  /**
   * Keeps what `content` yields, and settles when it is durable. Nothing is found under the name before, and never a part: a
   * put that fails, is stopped or dies leaves nothing. Each chunk is taken when those before it were written.
   *
   * When the name was given before, what is there stays and is answered, with `isNew` false: compare digests. Of several puts
   * of one name at once, one is new.
   * @throws FileTooLarge; the reason of `stop`; what `content` throws; TransientFailure when the disk is full or away.
   */
  put(name: string, content: AsyncIterable<Uint8Array>, options: PutOptions): Promise<PutFile>;
  /** `undefined` when there is none of this name. */
  describe(name: string): Promise<StoredFile | undefined>;
  /**
   * The bytes of a range, or all. What is opened for it is closed when reading ends, however it ends; before the first chunk is
   * asked for nothing is open. Reading rejects with FileGone when the file was removed before that.
   */
  get(name: string, range?: Partial<ByteRange>): Promise<FileContent | undefined>;
  /** Names that begin with `prefix` (all, if it is empty), in the order of their bytes; those after `after`, if it is given. */
  list(prefix: string, after?: string): AsyncIterable<ListedFile>;
  /** Nothing is found under the name from then on; who reads already may go on. Settles also when there was none. */
  remove(name: string): Promise<void>;
};

export type ListedFile = { readonly name: string; readonly bytes: number };

export type StoredFile = ListedFile & {
  /** SHA-256 of the bytes, in hex. */
  readonly digest: string;
};

export type PutFile = StoredFile & { readonly isNew: boolean };

export type PutOptions = {
  /** More is not taken: the put ends there, and nothing is kept. */
  readonly bytesMax: number;
  readonly stop?: AbortSignal;
};

export type FileContent = {
  readonly file: StoredFile;
  /** What was asked for, as far as the file goes. */
  readonly range: ByteRange;
  readonly content: AsyncIterable<Uint8Array>;
};

/** More came than may be kept. */
export class FileTooLarge extends Error {
  constructor(name: string, bytesMax: number) {
    super(`${name} is larger than ${bytesMax} bytes`);
    this.name = 'FileTooLarge';
  }
}

/** Removed since it was found. */
export class FileGone extends Error {
  constructor(name: string) {
    super(`${name} was removed`);
    this.name = 'FileGone';
  }
}
