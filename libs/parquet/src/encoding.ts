import type { ExportColumn } from '@plenum/runtime';
import type { Encoding } from 'hyparquet';
import type { PresentValues } from './present-values.ts';

/**
 * A dictionary for what comes again and again within a group. The library would look at a thousand values that stand far apart,
 * and take a thousand sensors that report in turn for texts that never come again.
 */
export const encodingOf = ({ type }: ExportColumn, { values }: PresentValues): Encoding => {
  if (type === 'boolean') return 'RLE';
  const repeat = values instanceof Int32Array ? isRepeating(values) : 'repeat' in values && values.repeat;
  return repeat ? 'RLE_DICTIONARY' : 'PLAIN';
};

const isRepeating = (values: Int32Array): boolean => {
  const different = new Set<number>();
  for (let index = 0; index < values.length; index += 1) {
    different.add(values[index] as number); // The index is one of theirs.
    if (different.size > values.length / 2) return false;
  }
  return true;
};
