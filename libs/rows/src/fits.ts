/** Whether a value as it stands in a file can be one of its column. Written from what the formats promise, not from the writer. */
import type { ExportColumn } from '@plenum/runtime';

export type Fits = (text: string) => boolean;

export const textFits = ({ type }: ExportColumn): Fits => {
  switch (type) {
    case 'text':
      return () => true;
    case 'jsonb':
      return isJson;
    case 'boolean':
      return (text) => text === 'true' || text === 'false';
    case 'integer':
      return (text) => /^-?\d{1,10}$/.test(text);
    case 'bigint':
      return (text) => /^-?\d{1,19}$/.test(text);
    case 'double precision':
      return (text) => /^-?\d/.test(text) && Number.isFinite(Number(text));
    case 'timestamptz':
      return isTime;
    case 'uuid':
      return isUuid;
  }
};

/** The same of what JSON.parse makes of it. */
export const jsonFits = (column: ExportColumn): ((value: unknown) => boolean) => {
  switch (column.type) {
    case 'jsonb':
      return () => true;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'integer':
    case 'bigint':
      return (value) => Number.isInteger(value);
    case 'double precision':
      return (value) => typeof value === 'number';
    default: {
      const fits = textFits(column);
      return (value) => typeof value === 'string' && fits(value);
    }
  }
};

const isTime: Fits = (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text);
const isUuid: Fits = (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);

const isJson: Fits = (text) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
