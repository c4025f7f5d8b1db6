/**
 * One SHA-256 for all values of a column, in their order: computed of what is written, kept in the file beside the rows, and
 * computed once more of what is read. It does not depend on how a value is encoded, so a file that says something else than
 * was written has another.
 *
 * For each row group it takes a byte for each row (1, or 0 for NULL), then the values that are there: of numbers their bytes, the
 * lowest first (a double, or an integer of 64 or 32 bits), of booleans one byte, of UUIDs sixteen; of texts all of them in UTF-8
 * and where each ends in 32 bits, and where they repeat, each once, and which of them each is in 32 bits more (`TextForm`).
 */
import { createHash } from 'node:crypto';
import type { PresentValues } from './present-values.ts';
import { bytesOf, type TextForm } from './text-form.ts';

export type ColumnDigest = {
  /** The next row group. */
  add(column: PresentValues): void;
  nulls(): number;
  /** In hex. To be asked for once. */
  digest(): string;
};

export const columnDigest = (): ColumnDigest => {
  const hash = createHash('sha256');
  let absent = 0;
  return {
    add: ({ rows, nulls, values }) => {
      const presence = nulls === undefined ? new Uint8Array(rows).fill(1) : nulls.map((isNull) => 1 - isNull);
      if (nulls !== undefined) absent += rows - presence.reduce((sum, isThere) => sum + isThere, 0);
      hash.update(presence);
      for (const bytes of ArrayBuffer.isView(values) ? [values] : memoryOf(values)) hash.update(bytes);
    },
    nulls: () => absent,
    digest: () => hash.digest('hex'),
  };
};

const memoryOf = (form: TextForm): readonly (Uint8Array | Int32Array)[] => {
  if (!form.repeat) return [form.bytes, form.ends];
  const { bytes, ends } = bytesOf(form.different);
  return [bytes, ends, form.which];
};
