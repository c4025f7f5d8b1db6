export { type Domain, defineDomain, type Services, type ServicesOf } from './domain.ts';
export {
  type Composed,
  type Composing,
  type DocumentExport,
  type DocumentFormat,
  defineDocumentExport,
  documentFormats,
  type EventsExport,
  type ExportFormat,
  type ExportKind,
  formatsOf,
  type RowFilter,
  type RowFormat,
  type RowsExport,
  rowFormats,
} from './exports.ts';
export { reservedStreamNames, type StreamKind, streamFaults } from './streams.ts';
export { overlap, topicMatcher } from './topic-filter.ts';
export { type DomainTranslator, type Translate, translatorOf } from './translate.ts';
