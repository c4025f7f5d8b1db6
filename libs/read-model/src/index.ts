export { type FoldedTables, type Folding, folding, foldProjection } from './fold-projection.ts';
export { type InlineProjection, rebuildInline, type Statement } from './inline-projection.ts';
export { isLater, type Moment } from './latest.ts';
export { type PersonalColumn, personalColumn } from './personal-column.ts';
export { defineFold, defineProjection, type Fold, type Projection, type Recorded, tablesOf } from './projection.ts';
export { type Binder, binder, type Rows, type Sql, utcText } from './sql.ts';
export { storableText } from './storable.ts';
export { type Column, type ColumnType, keyText, provenance, type Row, type Table, type Value } from './table.ts';
export { type VersionedEntry, type VersionedRow, VersionGap, versioned } from './versioned.ts';
