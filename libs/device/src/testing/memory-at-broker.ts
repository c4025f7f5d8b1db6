/** Rights of nodes at a broker that is none: as Mosquitto's plugin keeps them, and how it refuses. Passes `atBrokerContract`. */
import type { AtBroker } from '../broker/at-broker.ts';
import type { BrokerCommand } from '../broker/repair.ts';
import type { BrokerClient, BrokerRole, RightsAtBroker } from '../broker/rights-at-broker.ts';

export type MemoryAtBroker = AtBroker & {
  /** Calls reject until it is given back. */
  goAway(): void;
  comeBack(): void;
  /** By user name, of those who have one. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Every command that came, in order. */
  readonly ran: readonly BrokerCommand[];
};

export const memoryAtBroker = (): MemoryAtBroker => {
  const roles = new Map<string, BrokerRole>();
  const clients = new Map<string, BrokerClient>();
  const passwords = new Map<string, string>();
  const ran: BrokerCommand[] = [];
  let isAway = false;
  const unlessAway = async <T>(work: () => T): Promise<T> => {
    if (isAway) throw new Error('the broker is away');
    return work();
  };
  const everything = (): RightsAtBroker => ({ roles: [...roles.values()], clients: [...clients.values()] });

  const runRole = (asked: Extract<BrokerCommand, { readonly rolename: string }>): string | undefined => {
    const { rolename, command } = asked;
    if (command === 'createRole' && roles.has(rolename)) return 'Role already exists';
    if (command !== 'createRole' && !roles.has(rolename)) return 'Role not found';
    if (command !== 'deleteRole') {
      roles.set(rolename, { rolename, acls: asked.acls });
      return undefined;
    }
    roles.delete(rolename);
    for (const [name, client] of clients) {
      clients.set(name, { ...client, roles: client.roles.filter((role) => role !== rolename) });
    }
    return undefined;
  };
  const runClient = (asked: Extract<BrokerCommand, { readonly username: string }>): string | undefined => {
    const { username, command } = asked;
    const has = clients.get(username);
    if (command === 'createClient' && has !== undefined) return 'Client already exists';
    if (command !== 'createClient' && has === undefined) return 'Client not found';
    if (command === 'deleteClient') {
      clients.delete(username);
      passwords.delete(username);
    } else if (command === 'createClient' || command === 'modifyClient') {
      const names = asked.roles.map(({ rolename }) => rolename);
      if (names.some((name) => !roles.has(name))) return 'Role not found';
      const { clientid, textname, groups, password } = asked;
      clients.set(username, { username, clientid, textname, groups, roles: names, disabled: has?.disabled ?? false });
      if (password !== undefined) passwords.set(username, password);
    } else if (has !== undefined) clients.set(username, { ...has, disabled: command === 'disableClient' });
    return undefined;
  };
  return {
    list: () => unlessAway(everything),
    get: ({ rolenames, usernames }) =>
      unlessAway(() => ({
        roles: rolenames.flatMap((name) => roles.get(name) ?? []),
        clients: usernames.flatMap((name) => clients.get(name) ?? []),
      })),
    run: (commands) =>
      unlessAway(() =>
        commands.map((command) => {
          ran.push(command);
          return 'rolename' in command ? runRole(command) : runClient(command);
        }),
      ),
    goAway: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
    ...{ passwords, ran },
  };
};
