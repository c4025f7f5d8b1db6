/** Columns that hold what names a person, as it is in the log: encrypted. No key is needed to fold or to compare them. */
import type { EventDefinition, PersonalPlace } from '@plenum/event';

export type PersonalColumn = {
  /** The column that says whose it is. */
  readonly person: string;
  /** Fields of events that it is copied from, and so what its ciphertexts are bound to. */
  readonly places: readonly PersonalPlace[];
};

type Declared = {
  /** The column that says whose it is: what the events' person is called in the row. */
  readonly person: string;
  /** The events' field that it is copied from. */
  readonly field: string;
  readonly of: readonly EventDefinition<never>[];
};

/**
 * The type of a column that is copied from a personal field of these events; spread it into the column.
 * @throws when one of them has no such field.
 */
export const personalColumn = ({
  person,
  field,
  of,
}: Declared): { readonly type: 'personal'; readonly personal: PersonalColumn } => {
  for (const { type, personal } of of) {
    if (personal?.fields.includes(field) !== true) throw new Error(`${type} has no personal field ${field}`);
  }
  return { type: 'personal', personal: { person, places: of.map(({ type }) => ({ type, field })) } };
};
