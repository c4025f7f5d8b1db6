/** What reads show of a table: its columns as they go out, so that no read writes them down once more. */
import type { Column, Columns } from './table.ts';

/** A table, or a part of its columns. */
export type WithColumns = { readonly columns: Columns };

type Shown = {
  readonly text: string;
  readonly uuid: string;
  readonly integer: number;
  readonly bigint: number;
  readonly 'double precision': number;
  readonly boolean: boolean;
  /** UTC with six digits, such as `2026-03-04T09:15:02.118204Z`. */
  readonly timestamptz: string;
  /** Null where it is erased, or the caller may not see it. */
  readonly personal: string | null;
};

type JsonShown<C extends Column> = C extends { readonly json: 'texts' }
  ? readonly string[]
  : Readonly<Record<string, unknown>>;

type ValueShown<C extends Column> =
  | (C['type'] extends keyof Shown ? Shown[C['type']] : JsonShown<C>)
  | (C extends { readonly nullable: true } ? null : never);

/** Bytes and geometry have no JSON of their own: a read that shows one says as what. */
type Unshown = 'bytea' | 'geometry';

type NameShown<T extends WithColumns> = {
  [K in keyof T['columns'] & string]: T['columns'][K]['type'] extends Unshown ? never : K;
}[keyof T['columns'] & string];

/** A row as the API shows it, and as its `Sql` gives it, but for names of persons. Bytes and geometry are left out. */
export type ShownRow<T extends WithColumns> = {
  readonly [K in NameShown<T>]: ValueShown<T['columns'][K]>;
};

export type PersonalName<T extends WithColumns> = {
  [K in keyof T['columns'] & string]: T['columns'][K]['type'] extends 'personal' ? K : never;
}[keyof T['columns'] & string];

/** The same as `Sql` gives it: what names a person is still encrypted, and `ShowPersonal` makes text of it. */
export type EncryptedRow<T extends WithColumns> = {
  readonly [K in keyof ShownRow<T>]: K extends PersonalName<T> ? Uint8Array | null : ShownRow<T>[K];
};

/** The columns of a table but these. */
export const columnsWithout = <T extends WithColumns, const Name extends keyof T['columns'] & string>(
  { columns }: T,
  ...names: readonly Name[]
): { readonly columns: Omit<T['columns'], Name> } => {
  const left: ReadonlySet<string> = new Set(names);
  const kept = Object.entries(columns).filter(([name]) => !left.has(name));
  return { columns: Object.fromEntries(kept) as Omit<T['columns'], Name> }; // All of them but these.
};

const unshown: ReadonlySet<string> = new Set<Unshown>(['bytea', 'geometry']);

/** The columns that `ShownRow` has, by name. */
export const columnsShown = ({ columns }: WithColumns): readonly (readonly [string, Column])[] =>
  Object.entries(columns).filter(([, { type }]) => !unshown.has(type));

/** Their names as SQL selects them, in a list: `u."user_id", u."login"`. */
export const selectedColumns = (table: WithColumns, alias: string): string =>
  columnsShown(table)
    .map(([name]) => `${alias}."${name}"`)
    .join(', ');

/** The columns that name persons. */
export const personalNames = <T extends WithColumns>({ columns }: T): readonly PersonalName<T>[] =>
  Object.entries(columns)
    .filter(([, { type }]) => type === 'personal')
    .map(([name]) => name as PersonalName<T>); // As the line before says.
