/** Words that the schemas of users, keys and sessions are made of. */
import { listOf, oneOf } from '@plenum/http';
import { type TSchema, Type } from 'typebox';
import { roles } from '../permissions.ts';

export const roleField = oneOf(roles, { description: 'See `/api/v1/roles`.' });

export const permissionList = listOf(Type.String({ maxLength: 64 }), {
  description: 'Exact names, or beginnings with `*` at the end.',
});

/** In a body: those of the role, unless given. */
export const givenPermissions = Type.Optional(
  Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64, description: 'Those of the role, unless given.' }),
);

export const entityParams = (what: string) => Type.Object({ id: Type.String({ description: what, maxLength: 200 }) });

/** A body with exactly these fields; `title` is what the description of the API calls it. */
export const body = <T extends Record<string, TSchema>>(properties: T, title: string) =>
  Type.Object(properties, { additionalProperties: false, title });
