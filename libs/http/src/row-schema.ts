/** The schema of a row that a read shows, from the columns of its table: nothing of them is written down once more. */
import { type Column, columnsShown, type ShownRow, type WithColumns } from '@plenum/read-model';
import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';

/** What is in the answer beside the columns. */
type Fields = Readonly<Record<string, TSchema>>;

type Shown<T extends WithColumns, More extends Fields | undefined> = More extends Fields
  ? {
      readonly [K in keyof ShownRow<T> | keyof More]: K extends keyof More
        ? Static<More[K]>
        : K extends keyof ShownRow<T>
          ? ShownRow<T>[K]
          : never;
    }
  : ShownRow<T>;

/**
 * Of all columns that `ShownRow` has, and what is there beside them; of two with one name, what is beside. `name` is what the
 * description of the API calls it, such as `User`.
 */
export const rowSchema = <T extends WithColumns, More extends Fields | undefined = undefined>(
  name: string,
  table: T,
  beside?: More,
): TUnsafe<Shown<T, More>> => {
  const columns = columnsShown(table).map(([column, declared]) => [column, columnSchema(declared)] as const);
  return Type.Unsafe(Type.Object({ ...Object.fromEntries(columns), ...beside }, { title: name }));
};

/** JSON Schema with a list of types where NULL is allowed: clients and generators make the simplest types of that. */
const columnSchema = (column: Column): TSchema => {
  const { about: description, nullable } = column;
  const { type, ...more } = jsonOf(column);
  const isNullable = nullable === true || column.type === 'personal';
  return Type.Unsafe({ type: isNullable ? [type, 'null'] : type, ...more, description });
};

type Json = { readonly type: string; readonly [keyword: string]: unknown };

const jsonOf = ({ type, json }: Column): Json => {
  switch (type) {
    case 'integer':
    case 'bigint':
      return { type: 'integer' };
    case 'double precision':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'timestamptz':
      return { type: 'string', format: 'date-time' };
    case 'jsonb':
      return json === 'texts'
        ? { type: 'array', items: { type: 'string' } }
        : { type: 'object', additionalProperties: true };
    default:
      return { type: 'string' };
  }
};
