/** Questions about users. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. */
import {
  type EncryptedRow,
  pageConditions,
  personalNames,
  type Rows,
  type ShownRow,
  type ShowPersonal,
  type Sql,
  selectedColumns,
} from '@plenum/read-model';
import { plainLogin } from '../streams.ts';
import { userWithLogin } from '../user-with-login.ts';
import { usersTable } from './users-projection.ts';

export type UserReads = {
  /** One page of users by id, which is the order in which they were made. */
  readonly page: (asked: UsersAsked) => Promise<Rows<UserShown>>;
  /** Where only one organisation's are asked for, those of others are not there. */
  readonly byId: (userId: string, organisation?: string) => Promise<UserShown | undefined>;
};

export type UsersAsked = {
  readonly organisation?: string | undefined;
  readonly role?: string | undefined;
  readonly active?: boolean | undefined;
  /** Upper and lower case are the same. */
  readonly login?: string | undefined;
  readonly afterUser?: string | undefined;
  readonly limit: number;
};

export type UserShown = ShownRow<typeof usersTable>;

type StoredUser = EncryptedRow<typeof usersTable>;

const shown = (show: ShowPersonal, rows: Rows<StoredUser>): Promise<Rows<UserShown>> =>
  show(rows, { table: usersTable, names: personalNames(usersTable) });

const columns = selectedColumns(usersTable, 'u');

export const userReads = (sql: Sql, show: ShowPersonal): UserReads => ({
  page: async ({ organisation, role, active, login, afterUser, limit }) => {
    const { parameters, bind, add, equal, after, all } = pageConditions();
    equal({ 'u.organisation': organisation, 'u.role': role, 'u.is_active': active });
    // Logins are encrypted; they are found by their hash.
    if (login !== undefined) add(`u.user_id in (${userWithLogin(bind(plainLogin(login)))})`);
    after(['u.user_id'], afterUser === undefined ? undefined : [afterUser]);
    const rows = await sql<StoredUser>(
      `select ${columns} from public.users u
       where ${all()} order by u.user_id limit ${bind(limit)}`,
      parameters,
      limit,
    );
    return shown(show, rows);
  },
  byId: async (userId, organisation) => {
    const rows = await sql<StoredUser>(
      `select ${columns} from public.users u where u.user_id = $1 and ($2::text is null or u.organisation = $2)`,
      [userId, organisation ?? null],
    );
    const [user] = await shown(show, rows);
    return user;
  },
});
