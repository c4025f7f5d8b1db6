/**
 * What is said of the values of a column, in their order: computed of what is written, kept in the file beside the rows, and
 * computed once more of what is read. It does not depend on how a value is encoded, so a file that says something else than
 * was written has another.
 *
 * Of each row group it is the SHA-256 of a byte for each row (1, or 0 for NULL) and of the values that are there: of numbers their
 * bytes, the lowest first (a double, or an integer of 64 or 32 bits), of booleans one byte, of UUIDs sixteen; of texts all of them
 * in UTF-8 and where each ends in 32 bits, and where they repeat, each once, and which of them each is in 32 bits more
 * (`TextForm`). Of the column it is the SHA-256 of those of its groups.
 */
import { createHash } from 'node:crypto';
import { textsOf } from '@plenum/runtime';
import type { PresentValues } from './present-values.ts';
import type { TextForm } from './text-form.ts';

/** Of one column in one row group. */
export type GroupDigest = { readonly nulls: number; readonly sha256: Uint8Array };

export const groupDigest = ({ rows, nulls, values }: PresentValues): GroupDigest => {
  const hash = createHash('sha256');
  const presence = nulls === undefined ? new Uint8Array(rows).fill(1) : nulls.map((isNull) => 1 - isNull);
  hash.update(presence);
  for (const bytes of ArrayBuffer.isView(values) ? [values] : memoryOf(values)) hash.update(bytes);
  return { nulls: nulls?.reduce((sum, isNull) => sum + isNull, 0) ?? 0, sha256: hash.digest() };
};

const memoryOf = (form: TextForm): readonly (Uint8Array | Int32Array)[] => {
  if (!form.repeat) return [form.bytes, form.ends];
  const { bytes, ends } = textsOf(form.different);
  return [bytes, ends, form.which];
};

export type ColumnDigest = {
  /** The next row group. */
  add(group: GroupDigest): void;
  nulls(): number;
  /** In hex. To be asked for once. */
  digest(): string;
};

export const columnDigest = (): ColumnDigest => {
  const hash = createHash('sha256');
  let absent = 0;
  return {
    add: ({ nulls, sha256 }) => {
      absent += nulls;
      hash.update(sha256);
    },
    nulls: () => absent,
    digest: () => hash.digest('hex'),
  };
};
