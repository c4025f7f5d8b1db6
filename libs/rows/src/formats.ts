import type { RowFormatWriter } from '@plenum/runtime';
import { certifyCsv } from './certify-csv.ts';
import { certifyNdjson } from './certify-ndjson.ts';
import { writeCsv } from './csv.ts';
import { writeNdjson } from './ndjson.ts';

export const csvFormat: RowFormatWriter = {
  format: 'csv',
  mediaType: 'text/csv; charset=utf-8; header=present',
  write: writeCsv,
  certify: certifyCsv,
};

export const ndjsonFormat: RowFormatWriter = {
  format: 'ndjson',
  mediaType: 'application/x-ndjson',
  write: writeNdjson,
  certify: certifyNdjson,
};
