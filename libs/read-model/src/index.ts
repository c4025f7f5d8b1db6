export { type Bins, binsOf } from './bins.ts';
export { boxColumn, geometryBytes, reachesInto } from './boxes.ts';
export { type Build, buildOf, nameOfBuild } from './build.ts';
export {
  type DecidedEntry,
  type DecidedPlace,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  placeOf,
} from './decided.ts';
export { defineFold, defineProjection } from './define-projection.ts';
export { type FoldedTables, type Folding, folding, foldProjection } from './fold-projection.ts';
export { indexesOf, lowerCase, lowerCaseText } from './index-parts.ts';
export {
  type InlineProjection,
  inlineStatements,
  type Notice,
  type RebuiltInline,
  rebuildInline,
  type Statement,
} from './inline-projection.ts';
export { isLater, type Moment } from './latest.ts';
export { type PageConditions, pageConditions } from './page-conditions.ts';
export { type PersonalColumn, personalColumn } from './personal-column.ts';
export {
  decisionFor,
  entryOf,
  type Fold,
  isList,
  keysOf,
  type Projection,
  tablesOf,
} from './projection.ts';
export type { Recorded } from './recorded.ts';
export {
  groupOfItsOwn,
  numberColumn,
  numberedRows,
  numberOf,
  type RepeatedGroup,
  repeatedGroups,
  withValues,
} from './repeated.ts';
export type { DecryptedRow, PersonalNames, ShowPersonal } from './show-personal.ts';
export {
  columnsShown,
  columnsWithout,
  type EncryptedRow,
  type PersonalName,
  personalNames,
  type ShownRow,
  selectedColumns,
  type WithColumns,
} from './shown-row.ts';
export { type Binder, binder, type JsonPage, type PageMarks, type Rows, type Sql, type SqlStream } from './sql.ts';
export { storableText } from './storable.ts';
export {
  isNextVersion,
  type ShownVersion,
  type StreamAsked,
  type StreamVersionsRow,
  shownVersionIn,
  streamVersions,
  streamVersionsRow,
  streamVersionsView,
  VersionGap,
} from './stream-versions.ts';
export {
  type Column,
  type Columns,
  type ColumnType,
  defineTable,
  type Index,
  type IndexExpression,
  type IndexPart,
  keyText,
  provenance,
  type Row,
  type RowOf,
  type Table,
  type Value,
} from './table.ts';
export { indexedText, takesValue, uniqueIndexesOf } from './unique-values.ts';
