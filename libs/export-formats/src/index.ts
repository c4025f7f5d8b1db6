/** Every format of an export's file, with who writes it and who reads it back. */
import { csvFormat, ndjsonFormat } from '@plenum/rows';
import type { DocumentWriter, RowFormatWriter } from '@plenum/runtime';
import { dxfFormat, pdfFormat, svgFormat } from './drawing-formats.ts';
import { lazyRows } from './lazy-rows.ts';
import { textFormat } from './text-format.ts';

export const rowFormats: readonly RowFormatWriter[] = [
  // One line each.
  csvFormat,
  ndjsonFormat,
  lazyRows({ format: 'parquet', mediaType: 'application/vnd.apache.parquet' }, async () => {
    return (await import('@plenum/parquet')).parquetFormat;
  }),
];

export const documentFormats: readonly DocumentWriter[] = [
  // One line each.
  dxfFormat,
  svgFormat,
  pdfFormat,
  textFormat({ format: 'txt', mediaType: 'text/plain; charset=utf-8' }),
  textFormat({ format: 'json', mediaType: 'application/json' }),
];

/** Both, as the exporter takes them. */
export const writers = { rowWriters: rowFormats, documentWriters: documentFormats };
