/** Roles and permissions, as the code has them: what there is to give. */
import { defineRoute, listOf, notModified, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { rolePermissions, roleRateLimits, roles } from '../permissions.ts';
import type { AccessServices } from '../services.ts';
import { permissionList } from './fields.ts';

const rolesSchema = Type.Object(
  {
    roles: listOf(
      Type.Object(
        {
          role: Type.String(),
          permissions: permissionList,
          rate_limit: Type.Integer({
            description: 'Requests a minute of a key with this role, unless it says otherwise.',
          }),
        },
        { title: 'Role' },
      ),
    ),
    permissions: listOf(Type.Object({ permission: Type.String(), about: Type.String() }, { title: 'Permission' })),
  },
  { title: 'Roles' },
);

export const roleRoutes = ({ givable }: Pick<AccessServices, 'givable'>): readonly Route[] => [
  defineRoute({
    operationId: 'listRoles',
    method: 'GET',
    path: '/roles',
    access: 'identified',
    tags: ['access'],
    summary: 'Roles with their permissions, and what each permission is for',
    querystring: query({}),
    answers: { 200: rolesSchema, ...notModified, ...problems() },
    entityTag: true,
    handle: () => ({
      roles: roles.map((role) => ({ role, permissions: rolePermissions[role], rate_limit: roleRateLimits[role] })),
      permissions: Object.entries(givable).map(([permission, about]) => ({ permission, about })),
    }),
  }),
];
