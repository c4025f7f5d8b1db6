/** Roles and permissions, as the code has them: what there is to give. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { rolePermissions, roleRateLimits, roles } from '@plenum/access';
import { permissions } from '@plenum/catalogue';
import { listOf, notModified, problems, query } from '@plenum/http';
import { entityTag } from '../../conventions/etag.ts';
import { permissionList } from './access-fields.ts';

const rolesSchema = Type.Object({
  roles: listOf(
    Type.Object({
      role: Type.String(),
      permissions: permissionList,
      rate_limit: Type.Integer({ description: 'Requests a minute of a key with this role, unless it says otherwise.' }),
    }),
  ),
  permissions: listOf(Type.Object({ permission: Type.String(), about: Type.String() })),
});

const answer = {
  roles: roles.map((role) => ({ role, permissions: rolePermissions[role], rate_limit: roleRateLimits[role] })),
  permissions: Object.entries(permissions).map(([permission, about]) => ({ permission, about })),
};

export const roleRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/roles',
    {
      config: { access: 'identified' },
      onSend: entityTag,
      schema: {
        tags: ['access'],
        summary: 'Roles with their permissions, and what each permission is for',
        querystring: query({}),
        response: { 200: rolesSchema, ...notModified, ...problems() },
      },
    },
    async () => answer,
  );
};
