/**
 * Permissions, and what each role may do. Data: a route checks permissions and never a
 * role, and a role is only a name for the list that a user or a key is given with it.
 */
import { installationPermission } from '@plenum/event';

/** Permissions that no other domain declares; some are of domains that are still to come. */
export const permissions = {
  'read:maintenance': 'Maintenance predictions.',
  'read:energy': 'Energy analysis.',
  'read:data': 'Exports of everything at once.',
  'read:fibre': 'Projects, the fibre plan, work orders and their documents.',
  'write:commands': 'Commands to nodes.',
  'write:nodes': 'Registration of nodes.',
  'write:sensor_data': 'Readings by HTTP.',
  'write:maintenance': 'Maintenance records.',
  'write:fibre': 'Closures, trays, splices, patches, reports and photos; synchronisation from the field.',
  'write:own_work_orders': 'Status of the work orders that are assigned to oneself.',
  'write:work_orders': 'Work orders of everybody: create, assign, verify.',
  'admin:projects': 'Projects: delete.',
  'admin:users': 'Users: create, change, disable, unlock; end their sessions.',
  'admin:api_keys': 'API keys: issue, change, disable, revoke.',
  'admin:security': 'Security events, and the parked and the refused of access.',
  'admin:organisations':
    'Organisations: create and rename; see and decide about what belongs to any of them. No `*` covers it.',
} as const satisfies Readonly<Record<string, string>>;

/** What a route of access needs: always one exact name. */
export type Permission = keyof typeof permissions;

/** Roles of the building's system, then those that Zitadel gives to crews in the field. */
export const roles = [
  'guest',
  'operator',
  'maintenance',
  'administrator',
  'field_worker',
  'engineer',
  'admin',
] as const;
export type Role = (typeof roles)[number];

const knownRoles: ReadonlySet<string> = new Set(roles);
export const isRole = (text: string): text is Role => knownRoles.has(text);

/** What comes with a role when nothing else is said. Entries may end in `*`, see `allows`. */
export const rolePermissions: Readonly<Record<Role, readonly string[]>> = {
  guest: ['read:sensors'],
  operator: [
    ...['read:sensors', 'read:maintenance', 'read:energy', 'read:commands', 'write:commands'],
    ...['read:projects', 'write:projects', 'read:exports', 'write:exports'],
  ],
  maintenance: [
    ...['read:sensors', 'read:maintenance', 'read:projects', 'write:maintenance'],
    ...['read:exports', 'write:exports'],
  ],
  administrator: ['*'],
  field_worker: ['read:*', 'write:fibre', 'write:own_work_orders', 'write:exports'],
  engineer: [
    ...['read:*', 'write:fibre', 'write:own_work_orders', 'write:work_orders', 'write:projects'],
    'write:exports',
  ],
  admin: ['*'],
};

/** Requests a minute, for a key of this role when nothing else is said. */
export const roleRateLimits: Readonly<Record<Role, number>> = {
  guest: 10,
  operator: 100,
  maintenance: 50,
  administrator: 1000,
  field_worker: 100,
  engineer: 100,
  admin: 1000,
};

/** Requests a minute of somebody who logged in, here or at the identity provider. */
export const sessionRateLimit = 100;

/** Roles that an identity provider may give, the one that may do most first. */
const providerRoles = ['admin', 'engineer', 'field_worker'] as const satisfies readonly Role[];

/**
 * What the role names in an identity provider's token come to: the greatest of those we know, with the permissions
 * of all of them. `undefined` when none is known: such a token is refused with 403.
 */
export const providerGrant = (
  names: readonly string[],
): { readonly role: Role; readonly permissions: readonly string[] } | undefined => {
  const held = providerRoles.filter((role) => names.includes(role));
  const [role] = held;
  if (role === undefined) return undefined;
  const granted = [...new Set(held.flatMap((each) => rolePermissions[each]))];
  return { role, permissions: granted.includes('*') ? ['*'] : granted };
};

/**
 * What a session token comes to that names a role, and permissions or none. One without permissions has those of its role,
 * and `admin` in it passed every check of the system that issued it: our administrator. `undefined`: no role of ours.
 */
export const tokenGrant = (
  role: string,
  listed: readonly string[] | undefined,
): { readonly role: Role; readonly permissions: readonly string[] } | undefined => {
  if (!isRole(role)) return undefined;
  if (listed !== undefined) return { role, permissions: listed };
  const own = role === 'admin' ? 'administrator' : role;
  return { role: own, permissions: rolePermissions[own] };
};

/** What can be given where nobody says what else there is: what is declared here, and what roles come with. */
export const ownGivable: readonly string[] = [
  ...new Set([
    ...Object.keys(permissions),
    ...Object.values(rolePermissions)
      .flat()
      .filter((entry) => !entry.endsWith('*')),
  ]),
];

/**
 * What can be given: the name of a permission of any domain, or a beginning of at least one and `*`. Lists that were
 * recorded before a name was taken away may hold others; those open nothing. Only its own name gives
 * `admin:organisations`.
 */
export const isPermissionEntry = (text: string, givable: readonly string[]): boolean =>
  givable.some((name) => covers(text, name));

/**
 * Whether a list covers what a route needs: exactly, or by an entry that ends in `*` and begins like it. A `*` stands for
 * everything within one's organisation, and so never for what is beyond it.
 */
export const allows = (granted: readonly string[], asked: string): boolean =>
  granted.some((entry) => covers(entry, asked));

const covers = (entry: string, asked: string): boolean =>
  entry.endsWith('*') ? asked !== installationPermission && asked.startsWith(entry.slice(0, -1)) : entry === asked;

/**
 * What both lists allow, as a list. A token carries what its user might do when it was made; what it opens today is
 * that and what the user may do today.
 */
export const both = (one: readonly string[], other: readonly string[]): readonly string[] => [
  ...new Set([...one.filter((entry) => allows(other, entry)), ...other.filter((entry) => allows(one, entry))]),
];
