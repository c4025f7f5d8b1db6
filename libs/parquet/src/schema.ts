/** Which type of Parquet a column of each type has, for any reader: https://parquet.apache.org/docs/file-format/types/ */
import type { ExportColumn } from '@plenum/runtime';
import type { SchemaElement } from 'hyparquet';

type Kind = Omit<SchemaElement, 'name' | 'repetition_type'>;

const kinds: Readonly<Record<ExportColumn['type'], Kind>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  uuid: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
  integer: { type: 'INT32' },
  bigint: { type: 'INT64' },
  'double precision': { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  timestamptz: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  // DuckDB knows JSON by the older `converted_type` only.
  jsonb: { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
};

export const elementOf = ({ name, type, nullable }: ExportColumn): SchemaElement => ({
  ...kinds[type],
  name,
  repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
});

export const schemaOf = (columns: readonly ExportColumn[]): SchemaElement[] => [
  { name: 'row', num_children: columns.length },
  ...columns.map(elementOf),
];

/**
 * The same without what a type means, for the library while it writes or reads values of the plain types: by all that a type
 * means it would take each of them apart once more, and write JSON text as JSON of a text.
 */
export const plainSchema = (schema: readonly SchemaElement[]): SchemaElement[] =>
  schema.map(({ name, type, type_length, num_children, repetition_type, converted_type }) => ({
    name,
    ...(type !== undefined && { type }),
    ...(type_length !== undefined && { type_length }),
    ...(num_children !== undefined && { num_children }),
    ...(repetition_type !== undefined && { repetition_type }),
    ...(converted_type === 'UTF8' && { converted_type }),
  }));
