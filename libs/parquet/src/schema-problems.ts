/** Whether a file's columns are those that were asked for, by what the format says of each type and not by what was written. */
import type { ExportColumn } from '@plenum/runtime';
import type { SchemaElement } from 'hyparquet';

export const schemaProblems = (
  [root, ...found]: readonly SchemaElement[],
  columns: readonly ExportColumn[],
): readonly string[] => {
  if (root?.num_children !== columns.length || found.length !== columns.length) {
    return [`It has ${found.length} columns, and not ${columns.length}.`];
  }
  return columns.flatMap((column, index) => {
    const element = found[index];
    const expected = describe(column);
    const is = element === undefined ? '' : describeElement(element);
    return is === expected ? [] : [`Column ${index + 1} is ${is}, and not ${expected}.`];
  });
};

const typeNames: Readonly<Record<ExportColumn['type'], string>> = {
  text: 'BYTE_ARRAY STRING',
  uuid: 'FIXED_LEN_BYTE_ARRAY 16 UUID',
  integer: 'INT32',
  bigint: 'INT64',
  'double precision': 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamptz: 'INT64 TIMESTAMP MICROS UTC',
  jsonb: 'BYTE_ARRAY JSON',
};

const describe = ({ name, type, nullable }: ExportColumn): string =>
  `${name} ${nullable ? 'OPTIONAL' : 'REQUIRED'} ${typeNames[type]}`;

const describeElement = ({ name, repetition_type, type, type_length, logical_type }: SchemaElement): string =>
  [
    ...[name, repetition_type, type, type_length, logical_type?.type],
    ...(logical_type?.type === 'TIMESTAMP' ? [logical_type.unit, logical_type.isAdjustedToUTC ? 'UTC' : 'local'] : []),
  ]
    .filter((part) => part !== undefined)
    .join(' ');
