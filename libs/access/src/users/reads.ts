/** Questions about users. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. */
import { binder, type Rows, type ShowPersonal, type Sql } from '@plenum/read-model';
import { plainLogin } from '../streams.ts';
import { userWithLogin } from '../user-with-login.ts';
import { users } from './users-projection.ts';

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

export type UserShown = {
  readonly user_id: string;
  /** Null where it is erased, or the caller may not see it; so with all texts that name somebody. */
  readonly login: string | null;
  readonly organisation: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly is_active: boolean;
  readonly locked_until: string | null;
  readonly created_at: string;
  readonly changed_at: string;
  readonly imported_id: string | null;
  readonly stream_version: number;
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: number;
};

const personalNames = ['login', 'name', 'email', 'imported_id'] as const;

type StoredUser = Omit<UserShown, Named> & { readonly [Name in Named]: Uint8Array | null };
type Named = (typeof personalNames)[number];

const shown = (show: ShowPersonal, rows: Rows<StoredUser>): Promise<Rows<UserShown>> =>
  show(rows, { table: users.table, names: personalNames });

const columns = `
  u.user_id, u.organisation, u.login, u.name, u.email, u.role, u.permissions, u.is_active,
  u.locked_until, u.created_at, u.changed_at, u.imported_id, u.stream_version, u.event_id, u.log_partition, u.log_offset`;

export const userReads = (sql: Sql, show: ShowPersonal): UserReads => ({
  page: async ({ organisation, role, active, login, afterUser, limit }) => {
    const { parameters, bind } = binder();
    const conditions = ['true'];
    if (organisation !== undefined) conditions.push(`u.organisation = ${bind(organisation)}`);
    if (role !== undefined) conditions.push(`u.role = ${bind(role)}`);
    if (active !== undefined) conditions.push(`u.is_active = ${bind(active)}`);
    // Logins are encrypted; they are found by their hash.
    if (login !== undefined) conditions.push(`u.user_id in (${userWithLogin(bind(plainLogin(login)))})`);
    if (afterUser !== undefined) conditions.push(`u.user_id > ${bind(afterUser)}`);
    const rows = await sql<StoredUser>(
      `select ${columns} from public.users u
       where ${conditions.join(' and ')} order by u.user_id limit ${bind(limit)}`,
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
