import type { RowFormatWriter } from '@plenum/runtime';
import { certifyParquet } from './certify-parquet.ts';
import { writeParquet } from './write-parquet.ts';

export const parquetFormat: RowFormatWriter = {
  format: 'parquet',
  mediaType: 'application/vnd.apache.parquet',
  write: writeParquet,
  certify: certifyParquet,
};
