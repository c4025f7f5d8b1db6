import { accessSchema, hashOf } from './authorization/tables.ts';

/** A query for the id of the user who has a login, given in lower case by an expression. */
export const userWithLogin = (login: string): string =>
  `select user_id from ${accessSchema}.authorized_user where login_hash = ${hashOf(login)}`;
