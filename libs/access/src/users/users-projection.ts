import { type Personal, storedBytes } from '@plenum/event';
import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  personalColumn,
  placeOf,
  type RowOf,
} from '@plenum/read-model';
import type { UserCreatedV3 } from '../generated/schemas.ts';
import { streamKinds } from '../streams.ts';
import { accessTopic } from '../topics.ts';
import {
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  type UserFields,
  UserLockedOut,
  UserUnlocked,
} from './user-events.ts';

/** Of both events that say it. */
const said = (field: string) => personalColumn({ person: 'user_id', field, of: [UserCreated, UserChanged] });
const importedId = personalColumn({ person: 'user_id', field: 'imported_id', of: [UserCreated] });

export const usersTable = defineTable({
  name: 'users',
  about: 'Everybody with an account. Passwords are nowhere in it.',
  columns: {
    ...decidedColumns,
    user_id: { type: 'text', about: 'UUID.' },
    login: { ...said('login'), about: 'As it was given; upper and lower case are the same.' },
    name: { ...said('name'), about: 'For people.' },
    email: { ...said('email'), nullable: true, about: 'Where one was given.' },
    role: { type: 'text', about: 'A name for a list of permissions.' },
    permissions: { type: 'jsonb', json: 'texts', about: 'What they may do: exact names, or beginnings that end in *.' },
    is_active: { type: 'boolean', about: 'False: disabled.' },
    locked_until: { type: 'timestamptz', nullable: true, about: 'No password is looked at before; may be past.' },
    created_at: { type: 'timestamptz', about: 'When the account was made.' },
    changed_at: { type: 'timestamptz', about: 'When something was last decided about it.' },
    imported_id: { ...importedId, nullable: true, about: 'What the replaced system they come from calls them.' },
  },
  key: ['user_id'],
});

export type UsersRow = RowOf<typeof usersTable>;

export const users = decidedFold<UserCreatedV3, UsersRow>({
  table: usersTable,
  keyOf: ({ id }) => ({ user_id: id }),
  begins: UserCreated,
  first: (data, entry) => ({
    ...placeOf(entry),
    user_id: entry.id,
    ...columnsOf(data),
    is_active: true,
    locked_until: undefined,
    created_at: entry.event.effectiveTimeUs,
    changed_at: entry.event.effectiveTimeUs,
    imported_id: bytesOf(data.imported_id),
  }),
  next: (row, entry) => ({ ...row, ...saidBy(entry), ...placeOf(entry), changed_at: entry.event.effectiveTimeUs }),
});

const columnsOf = ({ login, name, email, role, permissions }: UserFields) => ({
  login: storedBytes(login),
  name: storedBytes(name),
  email: bytesOf(email),
  role,
  permissions: JSON.stringify(permissions),
});

const bytesOf = (value: Personal | undefined): Uint8Array | undefined => value && storedBytes(value);

const saidBy = ({ event }: DecidedEntry): Partial<UsersRow> => {
  const changed = dataIf(UserChanged, event);
  if (changed !== undefined) return columnsOf(changed);
  const locked = dataIf(UserLockedOut, event);
  if (locked !== undefined) return { locked_until: locked.until };
  if (event.type === UserUnlocked.type) return { locked_until: undefined };
  if (event.type === UserDisabled.type) return { is_active: false };
  return event.type === UserEnabled.type ? { is_active: true } : {};
};

export const usersProjection = defineProjection<DecidedEntry>({
  name: 'users',
  version: 4,
  about: 'Everybody with an account, as decided.',
  topics: [accessTopic.name],
  streams: [streamKinds.user],
  entry: decidedEntry,
  folds: [users],
});
