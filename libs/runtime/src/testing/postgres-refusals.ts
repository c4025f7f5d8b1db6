/** Which rows PostgreSQL refuses and with which SQLSTATE, as far as rows of our column types can be refused. */
import { refusalOf as geometryRefusal } from '@plenum/geometry';
import type { Column, Row, Table, Value } from '@plenum/read-model';
import { Poison } from '../errors.ts';

/** The refusal a row would meet, or `undefined` when it would be taken. */
export const refusalOf = (table: Table, row: Row): Poison | undefined => {
  const columns: Readonly<Record<string, Column>> = table.columns;
  for (const [name, column] of Object.entries(columns)) {
    const code = refusalCode(column, row[name]);
    if (code !== undefined) return new Poison(code, `${table.name}.${name} refuses ${String(row[name])}`);
  }
  return undefined;
};

const integerMax = 2 ** 31 - 1;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const refusalCode = ({ type, nullable, geometry }: Column, value: Value): string | undefined => {
  if (value === undefined) return nullable === true ? undefined : '23502';
  if (type === 'text' && String(value).includes('\u0000')) return '22021';
  if (type === 'uuid' && !uuid.test(String(value))) return '22P02';
  if (type === 'integer' && (Number(value) > integerMax || Number(value) < -integerMax - 1)) return '22003';
  if ((type === 'bytea' || type === 'personal') && !(value instanceof Uint8Array)) return '22P02';
  if (type === 'geometry') {
    return value instanceof Uint8Array && geometryRefusal(value, geometry) === undefined ? undefined : '22023';
  }
  return type === 'jsonb' ? jsonRefusal(String(value)) : undefined;
};

const jsonRefusal = (text: string): string | undefined => {
  let refusal: string | undefined;
  const look = (part: unknown): void => {
    if (typeof part !== 'string') return;
    if (part.includes('\u0000')) refusal = '22P05';
    else if (!part.isWellFormed()) refusal = '22P02';
  };
  try {
    JSON.parse(text, (name, value: unknown) => {
      look(name);
      look(value);
      return value;
    });
  } catch {
    return '22P02'; // Whatever JSON.parse has against it, it is no JSON.
  }
  return refusal;
};
