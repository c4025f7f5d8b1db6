/** What rows of an export are made of. */
import type { ColumnType, Value } from '@plenum/read-model';

export type ExportColumn = {
  readonly name: string;
  readonly type: Exclude<ColumnType, 'bytea' | 'personal' | 'geometry'>;
  readonly nullable: boolean;
};

/** One row: as many values as there are columns, each as its column's type has it (`ColumnType`); NULL is `undefined`. */
export type ExportRow = readonly Exclude<Value, Uint8Array>[];
