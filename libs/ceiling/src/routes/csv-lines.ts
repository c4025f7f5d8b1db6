/** Lines of CSV (RFC 4180), as exports have them: fields in quotes where they must be, null as nothing, ended by LF. */

export type CsvValue = string | number | boolean | null | undefined;

export const csvLine = (values: readonly CsvValue[]): string => `${values.map(csvField).join(',')}\n`;

const csvField = (value: CsvValue): string => {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value);
  return mustBeQuoted.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
};

/** Null and an empty text stay apart. */
const mustBeQuoted = /[",\r\n]|^$/;
