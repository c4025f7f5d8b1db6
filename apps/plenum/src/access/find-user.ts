import { authorizationReads } from '@plenum/access';
import { isUuid } from '@plenum/event';
import type { Sql } from '@plenum/read-model';

/**
 * The id of the user that somebody means by an id, an id in the system that was replaced, or a login, in this order, so that
 * nobody's login is an id of somebody else. Looked up where authentication looks, which is never late.
 */
export const userIdOf = async (sql: Sql, meant: string): Promise<string> => {
  const [found] = await authorizationReads(sql).named([meant]);
  if (found !== undefined) return found.user_id;
  if (isUuid(meant)) return meant;
  throw new Error(`there is no user with the login ${meant}: npm run plenum -- users list`);
};
