/** How values are written that have one plain text, in CSV and NDJSON alike. */
import { formatTimeUs } from '@plenum/event';
import type { ExportColumn, ExportRow } from '@plenum/runtime';

export type ExportValue = ExportRow[number];

/** Makes text of a value that is there. @throws for one that is not of the column's type, which is a bug of who gave it. */
export type ValueText = (value: ExportValue) => string;

export const refuseValue = ({ name, type }: ExportColumn, value: ExportValue): never => {
  throw new TypeError(`The column ${name} is ${type} and cannot have ${String(value).slice(0, 40)}`);
};

/** For all types but `text` and `jsonb`, which each format writes in its own way. */
export const plainText = (column: ExportColumn): ValueText | undefined => {
  switch (column.type) {
    case 'integer':
    case 'bigint':
      return integer(column);
    case 'double precision':
      return number(column);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : refuseValue(column, value));
    case 'timestamptz':
      return time(column);
    case 'uuid':
      return (value) => (typeof value === 'string' ? value : refuseValue(column, value));
    default:
      return undefined;
  }
};

/** Every digit, also where a reader's numbers have fewer. */
const integer =
  (column: ExportColumn): ValueText =>
  (value) =>
    typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : refuseValue(column, value);

/** As few digits as are read back as the same number; and the sign of zero, which `String` and JSON.stringify leave out. */
const number =
  (column: ExportColumn): ValueText =>
  (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return refuseValue(column, value);
    return Object.is(value, -0) ? '-0.0' : String(value);
  };

/** RFC 3339 in UTC with six digits, as reads show it. */
const time =
  (column: ExportColumn): ValueText =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) ? formatTimeUs(value) : refuseValue(column, value);
