import type { ExportColumn } from '@plenum/runtime';
import type { DecodedArray, Encoding } from 'hyparquet';

/**
 * A dictionary for texts of which most come again within a group. The library would look at a thousand of them that stand far
 * apart, and take a thousand sensors that report in turn for texts that never come again.
 */
export const encodingOf = ({ type }: ExportColumn, values: DecodedArray): Encoding => {
  if (type === 'boolean') return 'RLE';
  const mayRepeat = type === 'text' || type === 'jsonb' || type === 'integer';
  return mayRepeat && isRepeating(values) ? 'RLE_DICTIONARY' : 'PLAIN';
};

const isRepeating = (values: DecodedArray): boolean => {
  const distinctMax = values.length / 2;
  const distinct = new Set<unknown>();
  for (let index = 0; index < values.length; index += 1) {
    distinct.add(values[index]);
    if (distinct.size > distinctMax) return false;
  }
  return true;
};
