/** The values of a column as the library takes them: one for each row, and `undefined` where there is none. */
import { type ExportColumn, uuidByteCount } from '@plenum/runtime';
import type { DecodedArray } from 'hyparquet';
import type { PresentValues } from './present-values.ts';
import type { TextForm } from './text-form.ts';

export const libraryValues = ({ type }: ExportColumn, { nulls, values }: PresentValues): DecodedArray => {
  const present = ArrayBuffer.isView(values) ? ofMemory(type, values) : ofTexts(values);
  if (nulls === undefined) return present;
  let at = 0;
  return Array.from(nulls, (isNull) => (isNull === 1 ? undefined : present[at++]));
};

const ofMemory = (type: ExportColumn['type'], values: Exclude<PresentValues['values'], TextForm>): DecodedArray => {
  if (type === 'uuid') return pieces(values as Uint8Array);
  return type === 'boolean' ? Array.from(values as Uint8Array, (value) => value === 1) : (values as DecodedArray);
};

const pieces = (bytes: Uint8Array): DecodedArray => {
  const all = new Array<Uint8Array>(bytes.length / uuidByteCount);
  for (let index = 0; index < all.length; index += 1) {
    all[index] = bytes.subarray(index * uuidByteCount, (index + 1) * uuidByteCount);
  }
  return all;
};

/** Strings that repeat are the same ones; of others the library takes the bytes, which are there. */
const ofTexts = (form: TextForm): DecodedArray => {
  if (form.repeat) {
    const { different, which } = form;
    const all = new Array<string>(which.length);
    for (let index = 0; index < all.length; index += 1) all[index] = different[which[index] as number] as string; // One of them.
    return all;
  }
  const all = new Array<Uint8Array>(form.ends.length);
  let from = 0;
  for (let index = 0; index < all.length; index += 1) {
    const end = form.ends[index] as number; // As many.
    all[index] = form.bytes.subarray(from, end);
    from = end;
  }
  return all;
};
