/**
 * Who is asking, as clients of the replaced fibre server know it. They call it below `/api`, which its proxy took away
 * again, so it is here under both addresses.
 */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { listOf, type Problem, statusOf } from '@plenum/http';
import type { FastifyError, FastifyRequest } from 'fastify';
import { identityOf } from '../../conventions/access.ts';
import { problemOf } from '../../conventions/errors.ts';

export type FibreAuthParts = { readonly noteBug: (error: FastifyError, request: FastifyRequest) => void };

const failure = Type.Object({ detail: Type.String() });
const failures = { 401: failure, 403: failure, 429: failure, 500: failure, 503: failure };

export const fibreAuthRoutes =
  ({ noteBug }: FibreAuthParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const problem = problemOf(error);
      if (problem.kind === 'internal') noteBug(error, request);
      const { status, detail } = fibreFailure(problem);
      return reply
        .code(status)
        .headers({ ...problem.more.headers })
        .send({ detail });
    });

    app.get(
      '/auth/me',
      {
        config: { access: 'identified' },
        schema: {
          tags: ['replaced system'],
          summary: 'Who is asking, as the replaced fibre server answered',
          response: {
            200: Type.Object({
              sub: Type.String(),
              email: Type.String({ description: 'Empty when the token does not say.' }),
              name: Type.String({ description: 'Empty when the token does not say.' }),
              roles: listOf(Type.String()),
            }),
            ...failures,
          },
        },
      },
      async (request, _reply) => {
        const { id: sub } = identityOf(request);
        const { email = '', name = '' } = request.described ?? {};
        return { sub, email, name, roles: rolesOf(request) };
      },
    );

    app.get(
      '/auth/roles',
      {
        config: { access: 'identified' },
        schema: {
          tags: ['replaced system'],
          summary: 'The roles of whoever is asking, as the replaced fibre server answered',
          response: {
            200: Type.Object({
              sub: Type.String(),
              roles: listOf(Type.String()),
              is_admin: Type.Boolean(),
              is_engineer: Type.Boolean({ description: 'Or more.' }),
              is_field_worker: Type.Boolean({ description: 'Or more.' }),
            }),
            ...failures,
          },
        },
      },
      async (request, _reply) => {
        const { id: sub } = identityOf(request);
        const roles = rolesOf(request);
        const is_admin = roles.includes('admin') || roles.includes('administrator');
        const is_engineer = is_admin || roles.includes('engineer');
        return { sub, roles, is_admin, is_engineer, is_field_worker: is_engineer || roles.includes('field_worker') };
      },
    );
  };

const rolesOf = (request: FastifyRequest): readonly string[] => request.described?.roles ?? [identityOf(request).role];

/** Whoever shows nothing was answered with 403 there, and clients begin to log in when they see it. */
const fibreFailure = (problem: Problem): { readonly status: number; readonly detail: string } =>
  problem.kind === 'unauthenticated' && problem.more.extra?.code === 'absent'
    ? { status: 403, detail: 'Not authenticated' }
    : { status: statusOf(problem), detail: problem.message };
