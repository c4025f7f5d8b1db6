export { csvFormat, ndjsonFormat } from './formats.ts';
export { type CsvRecord, readCsv } from './read-csv.ts';
