/** Who writes which format, in one place. */
import { csvFormat, ndjsonFormat } from '@plenum/rows';
import type { DocumentWriter, RowFormatWriter } from '@plenum/runtime';
import { textWriters } from './content/text-writers.ts';

const rowWriters: readonly RowFormatWriter[] = [csvFormat, ndjsonFormat];
const documentWriters: readonly DocumentWriter[] = [...textWriters];

export const writers = { rowWriters, documentWriters };
