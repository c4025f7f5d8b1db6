/** Times that clients write, in any form that devices may use. */

import { parseTimeUs } from '@plenum/event';
import { Type } from 'typebox';
import { Problem } from './problem.ts';

const form = 'ISO 8601 with `Z`, an offset, or no zone, which means UTC';

export const rangeFields = {
  from: Type.Optional(Type.String({ description: `From this time on, inclusive; ${form}.`, maxLength: 50 })),
  to: Type.Optional(Type.String({ description: `Up to this time, exclusive; ${form}.`, maxLength: 50 })),
};

export type Range = { readonly fromUs: number | undefined; readonly toUs: number | undefined };

/** @throws Problem for a text that is no time, and for a range that ends before it begins. */
export const rangeOf = ({ from, to }: { readonly from?: string; readonly to?: string }): Range => {
  const range = { fromUs: timeOf('from', from), toUs: timeOf('to', to) };
  if (range.fromUs !== undefined && range.toUs !== undefined && range.fromUs > range.toUs) {
    throw new Problem('validation', 'querystring: from is after to.');
  }
  return range;
};

/** A time in a body. @throws Problem for a text that is no time. */
export const timeGiven = (name: string, written: string | undefined): number | undefined => {
  const timeUs = written === undefined ? undefined : parseTimeUs(written);
  if (written !== undefined && timeUs === undefined) {
    throw new Problem('validation', `body: ${name} is not a time; write ${form}.`);
  }
  return timeUs;
};

const timeOf = (name: string, written: string | undefined): number | undefined => {
  if (written === undefined) return undefined;
  // A plus sign that nobody escaped arrives as a space.
  const timeUs = parseTimeUs(written.replace(/(\d:\d\S*) (\d\d:?\d\d)$/, '$1+$2'));
  if (timeUs === undefined) throw new Problem('validation', `querystring: ${name} is not a time; write ${form}.`);
  return timeUs;
};
