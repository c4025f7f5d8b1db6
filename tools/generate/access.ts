/** The page about who may do what: permissions, roles, and the routes that ask for them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { importFrom } from './import-from.ts';
import { code, page, table } from './markdown.ts';
import type { Generator } from './output.ts';

type Rules = {
  readonly permissions: Readonly<Record<string, string>>;
  readonly roles: readonly string[];
  readonly rolePermissions: Readonly<Record<string, readonly string[]>>;
  readonly roleRateLimits: Readonly<Record<string, number>>;
  readonly sessionRateLimit: number;
  readonly keyDays: number;
  readonly allows: (granted: readonly string[], asked: string) => boolean;
};

const source = 'libs/access/src/index.ts';
const catalogue = 'libs/catalogue/src/index.ts';

export const accessReference: Generator = {
  name: 'access',
  generate: async (root) => {
    if (!existsSync(path.join(root, source))) return [];
    const rules = await importFrom<Omit<Rules, 'permissions'>>(root, source);
    const { permissions } = await importFrom<Pick<Rules, 'permissions'>>(root, catalogue);
    return [{ path: 'docs/reference/access.md', content: accessPage({ ...rules, permissions }) }];
  },
};

export const accessPage = ({ permissions, roles, ...rules }: Rules): string =>
  page(
    'Access',
    `Permissions as the domains of ${code('libs/catalogue')} declare them; roles from ${code('libs/access/src/permissions.ts')}.`,
    'A route asks for one permission, never for a role. A role is a name for the list that a user or a key is given with ' +
      'it, unless another list is given. An entry of a list is an exact name, or a beginning and `*`. Which route asks for ' +
      'what is in the [description of the API](openapi.json).',
    '## Permissions',
    table(
      ['permission', 'opens', ...roles],
      Object.entries(permissions).map(([permission, about]) => [
        code(permission),
        about,
        ...roles.map((role) => (rules.allows(rules.rolePermissions[role] ?? [], permission) ? 'yes' : '')),
      ]),
    ),
    '## Roles',
    '`field_worker`, `engineer` and `admin` are the roles that an identity provider gives; the others are for users and keys ' +
      'of Plenum. Anybody can be given any of them.',
    table(
      ['role', 'with it come', 'requests a minute of a key'],
      roles.map((role) => [
        code(role),
        (rules.rolePermissions[role] ?? []).map(code).join(' '),
        String(rules.roleRateLimits[role]),
      ]),
    ),
    `Somebody who logged in, here or at an identity provider, has ${rules.sessionRateLimit} requests a minute. A key lasts ` +
      `${rules.keyDays} days unless something else is said.`,
  );
