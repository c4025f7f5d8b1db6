/** Rights of nodes at Mosquitto's dynamic-security plugin: its answers as what `repairAtBroker` takes, and what that says as its commands. */
import type { AtBroker, BrokerAcl, BrokerClient, BrokerRole } from '@plenum/device';
import type { DynamicSecurity, DynamicSecurityAnswer, DynamicSecurityCommand } from '@plenum/mqtt';
import { TransientFailure } from '@plenum/runtime';

/** At a time: the broker does nothing else meanwhile, and writes its whole file after each command. */
export type AtBrokerLimits = {
  readonly listedMax: number;
  readonly commandsMax: number;
};

export const defaultAtBrokerLimits: AtBrokerLimits = { listedMax: 500, commandsMax: 20 };

export const atBroker = (
  { run }: Pick<DynamicSecurity, 'run'>,
  { listedMax, commandsMax }: AtBrokerLimits = defaultAtBrokerLimits,
): AtBroker => {
  const one = async (command: DynamicSecurityCommand): Promise<object> => {
    const [answer] = await run([command]);
    return dataOf(answer);
  };
  const listed = async <T>(command: string, itemsIn: (data: object) => readonly T[]): Promise<readonly T[]> => {
    const all: T[] = [];
    for (;;) {
      const asked = { command, verbose: true, count: listedMax, offset: all.length };
      const items = itemsIn(await one(asked));
      all.push(...items);
      if (items.length < listedMax) return all;
    }
  };
  return {
    list: async () => ({
      roles: (await listed('listRoles', (data) => (data as RoleList).roles)).map(roleOf),
      clients: (await listed('listClients', (data) => (data as ClientList).clients)).map(clientOf),
    }),
    get: async ({ rolenames, usernames }) => {
      const answers = await run([
        ...rolenames.map((rolename) => ({ command: 'getRole', rolename })),
        ...usernames.map((username) => ({ command: 'getClient', username })),
      ]);
      const found = answers.filter(({ error }) => error?.endsWith('not found') !== true).map(dataOf);
      return {
        roles: found.flatMap((data) => ('role' in data ? [roleOf((data as OneRole).role)] : [])),
        clients: found.flatMap((data) => ('client' in data ? [clientOf((data as OneClient).client)] : [])),
      };
    },
    run: async (commands) => {
      const problems: (string | undefined)[] = [];
      for (let at = 0; at < commands.length; at += commandsMax) {
        const answers = await run(commands.slice(at, at + commandsMax));
        problems.push(...answers.map(({ error }) => error));
      }
      return problems;
    },
  };
};

/** As Mosquitto 2.0 and later answer; what is empty may be left out. */
type WrittenRole = { readonly rolename: string; readonly acls?: readonly BrokerAcl[] };
type WrittenClient = {
  readonly username: string;
  readonly clientid?: string;
  readonly textname?: string;
  readonly disabled?: boolean;
  readonly roles?: readonly { readonly rolename: string }[];
  readonly groups?: readonly { readonly groupname: string }[];
};
type RoleList = { readonly roles: readonly WrittenRole[] };
type ClientList = { readonly clients: readonly WrittenClient[] };
type OneRole = { readonly role: WrittenRole };
type OneClient = { readonly client: WrittenClient };

/** @throws TransientFailure where the plugin does not answer what it was asked: that is no word about what is there. */
const dataOf = (answer: DynamicSecurityAnswer | undefined): object => {
  if (answer?.error === undefined && typeof answer?.data === 'object' && answer.data !== null) return answer.data;
  throw new TransientFailure(
    'broker-rights',
    `the broker does not say what rights it has: ${answer?.error ?? 'nothing'}`,
  );
};

const roleOf = ({ rolename, acls = [] }: WrittenRole): BrokerRole => ({
  rolename,
  acls: acls.map(({ acltype, topic, allow, priority }) => ({ acltype, topic, allow, priority })),
});

const clientOf = ({ username, clientid, textname, disabled, roles, groups }: WrittenClient): BrokerClient => ({
  ...{ username, clientid, textname, disabled: disabled === true },
  roles: (roles ?? []).map(({ rolename }) => rolename),
  groups: (groups ?? []).map(({ groupname }) => groupname),
});
