/** The commands that lead from what the broker has to what it has to have. What is the operator's own is never touched. */

import type { RightsAtBroker } from './rights-at-broker.ts';
import { type BrokerAcl, type BrokerClient, type BrokerRole, isOurClient, isOurRole } from './rights-at-broker.ts';

/** As `$CONTROL/dynamic-security/v1` takes them. */
export type BrokerCommand =
  | { readonly command: 'createRole' | 'modifyRole'; readonly rolename: string; readonly acls: readonly BrokerAcl[] }
  | { readonly command: 'deleteRole'; readonly rolename: string }
  | {
      readonly command: 'createClient' | 'modifyClient';
      readonly username: string;
      /** When it is made, and signs in with a key. */
      readonly password?: string;
      readonly clientid: string;
      readonly textname: string;
      readonly roles: readonly { readonly rolename: string }[];
      readonly groups: readonly never[];
    }
  | { readonly command: 'enableClient' | 'disableClient' | 'deleteClient'; readonly username: string };

export type Repair = {
  readonly commands: readonly BrokerCommand[];
  /** User names of keys that the broker has not and that cannot be made: we hold no password. */
  readonly missingKeys: readonly string[];
  /** User names that a client of the operator's own has already. */
  readonly takenNames: readonly string[];
};

/**
 * `makeable`: the user names among those wanted that can be made where they are not: those that sign in without a password, and
 * those whose password is known, with it.
 */
export const repairAtBroker = (
  wanted: RightsAtBroker,
  found: RightsAtBroker,
  makeable: ReadonlyMap<string, string | undefined>,
): Repair => {
  const roles = new Map(found.roles.map((role) => [role.rolename, role]));
  const clients = new Map(found.clients.map((client) => [client.username, client]));
  const wantedRoles = new Set(wanted.roles.map(({ rolename }) => rolename));
  const wantedClients = new Set(wanted.clients.map(({ username }) => username));
  const missing = wanted.clients.filter(({ username }) => !clients.has(username));
  const made = missing.filter(({ username }) => makeable.has(username));
  const present = wanted.clients.flatMap((client) => {
    const has = clients.get(client.username);
    return has === undefined ? [] : [{ client, has }];
  });
  return {
    commands: [
      // What must not come in is ended before anything is made.
      ...found.clients
        .filter((client) => isOurClient(client) && !wantedClients.has(client.username))
        .map(({ username }) => ({ command: 'deleteClient', username }) as const),
      ...found.roles
        .filter((role) => isOurRole(role) && !wantedRoles.has(role.rolename))
        .map(({ rolename }) => ({ command: 'deleteRole', rolename }) as const),
      ...wanted.roles.flatMap((role) => roleCommands(role, roles.get(role.rolename))),
      ...made.flatMap((client) => [
        clientCommand('createClient', client, makeable.get(client.username)),
        ...standing(client, false),
      ]),
      ...present.filter(({ has }) => isOurClient(has)).flatMap(({ client, has }) => clientCommands(client, has, roles)),
    ],
    missingKeys: missing.filter(({ username }) => !makeable.has(username)).map(({ username }) => username),
    takenNames: present.filter(({ has }) => !isOurClient(has)).map(({ has }) => has.username),
  };
};

const roleCommands = ({ rolename, acls }: BrokerRole, has: BrokerRole | undefined): readonly BrokerCommand[] => {
  if (has === undefined) return [{ command: 'createRole', rolename, acls }];
  return sameTexts(acls.map(aclText), has.acls.map(aclText)) ? [] : [{ command: 'modifyRole', rolename, acls }];
};

/** A role that was away took itself from its clients; they get it again. */
const clientCommands = (
  client: BrokerClient,
  has: BrokerClient,
  roles: ReadonlyMap<string, BrokerRole>,
): readonly BrokerCommand[] => {
  const same =
    client.clientid === has.clientid &&
    client.textname === has.textname &&
    sameTexts(client.roles, has.roles) &&
    sameTexts(client.groups, has.groups) &&
    client.roles.every((role) => roles.has(role));
  return [...standing(client, has.disabled), ...(same ? [] : [clientCommand('modifyClient', client)])];
};

const standing = ({ username, disabled }: BrokerClient, isDisabled: boolean): readonly BrokerCommand[] =>
  disabled === isDisabled ? [] : [{ command: disabled ? 'disableClient' : 'enableClient', username }];

const clientCommand = (
  command: 'createClient' | 'modifyClient',
  { username, clientid = '', textname = '', roles }: BrokerClient,
  password?: string,
): BrokerCommand => ({
  ...{ command, username, clientid, textname, groups: [] },
  ...(password !== undefined && { password }),
  roles: roles.map((rolename) => ({ rolename })),
});

const aclText = ({ acltype, topic, allow, priority }: BrokerAcl): string =>
  JSON.stringify([acltype, topic, allow, priority]);

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
