import { type SessionShown, sessionReads, userReads } from '@plenum/access';
import type { Sql } from '@plenum/read-model';
import { showPersonal } from '@plenum/runtime';
import { userIdOf } from './find-user.ts';
import { allPages } from './listing.ts';

type Asked = { readonly user: string | undefined; readonly all: boolean };

/** Sessions of one user, or of everybody in the order of their accounts; each user's last first. */
export const sessionsOf = async (sql: Sql, { user, all }: Asked): Promise<readonly SessionShown[]> => {
  const liveAtUs = all ? undefined : Date.now() * 1_000;
  const ofUser = (id: string): Promise<readonly SessionShown[]> =>
    allPages((after, limit) => sessionReads(sql).ofUser({ user: id, liveAtUs, after, limit }));
  if (user !== undefined) return ofUser(await userIdOf(sql, user));
  const users = await allPages<{ readonly user_id: string }>((last, limit) =>
    userReads(sql, showPersonal(undefined)).page({ afterUser: last?.user_id, limit }),
  );
  const rows: SessionShown[] = [];
  for (const { user_id } of users) rows.push(...(await ofUser(user_id)));
  return rows;
};
