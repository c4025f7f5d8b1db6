/** Gives what a node signs in with at the broker, at the moment of issue: nobody has the key's text later. */
import type { AuthorizedNodeReads } from '../authorization/reads.ts';
import { nodeUserName } from '../nodes/node-user-name.ts';
import type { AtBroker } from './at-broker.ts';
import { isOurClient } from './rights-at-broker.ts';
import { settleNodes } from './settle-nodes.ts';

export type Provisioning = {
  readonly atBroker: AtBroker;
  readonly reads: Pick<AuthorizedNodeReads, 'nodes'>;
};

/** `away`: what the broker has is not known. */
export type Provisioned =
  | { readonly outcome: 'provisioned' }
  | { readonly outcome: 'away' }
  | { readonly outcome: 'refused'; readonly reason: string };

export type ProvisionAsked = {
  readonly nodeId: string;
  /** What it signs in with: the name of a certificate's subject, or of a key with its password. */
  readonly userName: string;
  readonly password?: string;
};

/** Never rejects for what the broker does. @throws what reading the table does. */
export const provision = async (
  { atBroker, reads }: Provisioning,
  { nodeId, userName, password }: ProvisionAsked,
): Promise<Provisioned> => {
  let isAway = false;
  const away = <T>(asked: Promise<T>): Promise<T> =>
    asked.catch((error: unknown) => {
      isAway = true;
      throw error;
    });
  const watched = {
    get: (names) => away(atBroker.get(names)),
    run: (commands) => away(atBroker.run(commands)),
  } satisfies Pick<AtBroker, 'get' | 'run'>;
  const asked = { nodeIds: [nodeId], ...(password !== undefined && { passwords: new Map([[userName, password]]) }) };
  try {
    const [settled] = await settleNodes({ atBroker: watched, reads }, asked);
    if (settled === undefined) throw new Error('a node was settled and not reported');
    const { node, problem, missingKeys, takenNames } = settled;
    const isDecided =
      node?.certificate === userName ||
      Object.keys(node?.keys ?? {}).some((keyId) => nodeUserName(nodeId, keyId) === userName);
    if (!isDecided) return { outcome: 'refused', reason: 'it is not valid any more' };
    if (takenNames.includes(userName))
      return { outcome: 'refused', reason: 'a client of somebody else has its user name' };
    if (missingKeys.includes(userName)) return { outcome: 'refused', reason: 'it was not kept' };
    return problem === undefined ? { outcome: 'provisioned' } : { outcome: 'refused', reason: problem };
  } catch (error) {
    if (isAway) return { outcome: 'away' };
    throw error;
  }
};

/** Whether a client that is not ours has this name. @throws when the broker is away */
export const isTaken = async ({ atBroker }: Pick<Provisioning, 'atBroker'>, userName: string): Promise<boolean> => {
  const { clients } = await atBroker.get({ rolenames: [], usernames: [userName] });
  return clients.some((client) => !isOurClient(client));
};
