/** The values of a column as the library takes them: one for each row, and `undefined` where there is none. */
import { type ExportColumn, uuidByteCount } from '@plenum/runtime';
import type { DecodedArray } from 'hyparquet';
import type { PresentValues } from './present-values.ts';
import type { TextForm } from './text-form.ts';

/** Of the groups of one column. What it gives is of use until it is asked again. */
export const libraryValuesOf = ({ type }: ExportColumn): ((present: PresentValues) => DecodedArray) => {
  const uuids = uuidViews();
  const ofMemory = (values: Exclude<PresentValues['values'], TextForm>): DecodedArray => {
    if (type === 'uuid') return uuids(values as Uint8Array);
    return type === 'boolean' ? Array.from(values as Uint8Array, (value) => value === 1) : (values as DecodedArray);
  };
  return ({ nulls, values }) => {
    const present = ArrayBuffer.isView(values) ? ofMemory(values) : ofTexts(values);
    return nulls === undefined ? present : spread(present, nulls);
  };
};

/** By index: an iterator takes as long for each as all else that is done with it. */
const spread = (present: DecodedArray, nulls: Uint8Array): DecodedArray => {
  const all = new Array<unknown>(nulls.length);
  let at = 0;
  for (let row = 0; row < all.length; row += 1) if (nulls[row] !== 1) all[row] = present[at++];
  return all;
};

/** Views of sixteen bytes each are dearer than what is seen in them: they are made once, and the bytes put under them. */
const uuidViews = (): ((bytes: Uint8Array) => DecodedArray) => {
  let memory = new Uint8Array(0);
  let views: readonly Uint8Array[] & DecodedArray = [];
  return (bytes) => {
    if (bytes.length > memory.length) {
      memory = new Uint8Array(bytes.length);
      views = Array.from({ length: bytes.length / uuidByteCount }, (_, index) =>
        memory.subarray(index * uuidByteCount, (index + 1) * uuidByteCount),
      );
    }
    memory.set(bytes);
    return views.slice(0, bytes.length / uuidByteCount);
  };
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
