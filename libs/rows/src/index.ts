export { csvFormat, ndjsonFormat } from './formats.ts';
