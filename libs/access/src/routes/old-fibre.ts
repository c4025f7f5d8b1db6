/**
 * Who is asking, as clients of the replaced fibre server know it. They call it below `/api`, which its proxy took away
 * again, so it is here under both addresses.
 */
import { type Asked, defineRoute, type Failures, failureAs, listOf, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { identityOf } from './identity-of.ts';

const failure = Type.Object({ detail: Type.String() }, { title: 'FibreFailure' });
const failures = { 401: failure, 403: failure, 429: failure, 500: failure, 503: failure };

/** A client that showed nothing was answered with 403 there, and clients begin to log in when they see it. */
const asFibreFailure: Failures = (problem) => {
  const showedNothing = problem.kind === 'unauthenticated' && problem.more.extra?.code === 'absent';
  const { body, status, headers } = failureAs(problem, {
    detail: showedNothing ? 'Not authenticated' : problem.message,
  });
  return { body, status: showedNothing ? 403 : status, headers };
};

const ofFibre = {
  method: 'GET',
  access: 'identified',
  tags: ['replaced system'],
  failures: asFibreFailure,
} as const;

export const oldFibreRoutes = (): readonly Route[] => ['', '/api'].flatMap((base) => [meRoute(base), rolesRoute(base)]);

/** Each is there twice, under two names. */
const named = (name: string, base: string): string => (base === '' ? name : `${name}BelowApi`);

const meRoute = (base: string) =>
  defineRoute({
    ...ofFibre,
    operationId: named('fibreMe', base),
    base,
    path: '/auth/me',
    summary: 'Who is asking, as the replaced fibre server answered',
    answers: {
      200: Type.Object(
        {
          sub: Type.String(),
          email: Type.String({ description: 'Empty when the token does not say.' }),
          name: Type.String({ description: 'Empty when the token does not say.' }),
          roles: listOf(Type.String()),
        },
        { title: 'FibreIdentity' },
      ),
      ...failures,
    },
    handle: (asked) => {
      const { id: sub } = identityOf(asked);
      const { email = '', name = '' } = asked.described ?? {};
      return { sub, email, name, roles: rolesOf(asked) };
    },
  });

const rolesRoute = (base: string) =>
  defineRoute({
    ...ofFibre,
    operationId: named('fibreRoles', base),
    base,
    path: '/auth/roles',
    summary: 'The roles of the caller, as the replaced fibre server answered',
    answers: {
      200: Type.Object(
        {
          sub: Type.String(),
          roles: listOf(Type.String()),
          is_admin: Type.Boolean(),
          is_engineer: Type.Boolean({ description: 'Or more.' }),
          is_field_worker: Type.Boolean({ description: 'Or more.' }),
        },
        { title: 'FibreRoles' },
      ),
      ...failures,
    },
    handle: (asked) => {
      const { id: sub } = identityOf(asked);
      const roles = rolesOf(asked);
      const is_admin = roles.includes('admin') || roles.includes('administrator');
      const is_engineer = is_admin || roles.includes('engineer');
      return { sub, roles, is_admin, is_engineer, is_field_worker: is_engineer || roles.includes('field_worker') };
    },
  });

const rolesOf = (asked: Pick<Asked, 'identity' | 'described'>): readonly string[] =>
  asked.described?.roles ?? [identityOf(asked).role];
