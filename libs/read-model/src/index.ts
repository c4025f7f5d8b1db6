export { type FoldedTables, type Folding, folding, foldSet } from './fold-set.ts';
export { isLater, type Moment } from './latest.ts';
export { defineFold, defineSet, type Fold, type ReadModelSet, type Recorded, tablesOf } from './read-model-set.ts';
export { type Binder, binder, type Rows, type Sql, utcText } from './sql.ts';
export { storableText } from './storable.ts';
export { type Column, type ColumnType, keyText, provenance, type Row, type Table, type Value } from './table.ts';
export { type VersionedEntry, type VersionedRow, VersionGap, versioned } from './versioned.ts';
