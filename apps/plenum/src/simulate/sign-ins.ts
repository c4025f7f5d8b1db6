/** What the nodes of a simulation sign in with: keys of a file, keys that the API issues for the run, or both. */
import { type Client, remove } from '../api/api-client.ts';
import type { SignIn } from './devices.ts';
import { enrolTable, issueKey, type Place, togetherToTheEnd } from './enrol-nodes.ts';
import { type KeysFile, openKeysFile } from './keys-file.ts';
import { type NodeKey, signInOf } from './node-key.ts';

export type SignInSettings = {
  readonly nodes: readonly Place[];
  /** Keys are read from it, and new ones added to it. */
  readonly keysFile: string | undefined;
  /** Enrols the nodes; without it the file has to have a key of each. */
  readonly client: Client | undefined;
  readonly tell: (text: string) => void;
};

export type SignIns = {
  /** In the order of the nodes. */
  readonly signIns: readonly SignIn[];
  /** Revokes what was issued and is kept nowhere. @throws Error when that fails. */
  end(): Promise<void>;
};

/**
 * What is enrolled stays so; only keys are revoked again, and not those that were there before.
 * @throws Error when a node has no key and gets none, with what the API says, or of the file.
 */
export const openSignIns = async ({ nodes, keysFile, client, tell }: SignInSettings): Promise<SignIns> => {
  const file = keysFile === undefined ? undefined : await openKeysFile(keysFile, { isMade: client !== undefined });
  const issued: NodeKey[] = [];
  const take = async (key: NodeKey): Promise<void> => {
    issued.push(key);
    await file?.add(key);
  };
  const end = async (): Promise<void> => {
    if (file !== undefined || client === undefined || issued.length === 0) return;
    tell(`revoking the ${issued.length} keys that were issued\n`);
    await revokeAll(client, issued);
  };
  try {
    const keys = client === undefined ? fileKeys(nodes, file) : await enrolledKeys({ client, nodes, file, take });
    if (client !== undefined) tell(`${nodes.length} nodes are enrolled, and got ${issued.length} keys\n`);
    return { signIns: keys.map(signInOf), end };
  } catch (error) {
    await end().catch((failure: Error) => tell(`${failure.message}\n`));
    throw error;
  } finally {
    await file?.close();
  }
};

const fileKeys = (nodes: readonly Place[], file: KeysFile | undefined): readonly NodeKey[] => {
  const missing = nodes.filter(({ id }) => file?.keys.get(id) === undefined).map(({ id }) => id);
  if (missing.length > 0) {
    const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more nodes`;
    throw new Error(`--keys has no key of ${missing[0]}${others}: --enrol makes one for each`);
  }
  return nodes.flatMap(({ id }) => file?.keys.get(id) ?? []);
};

type Enrolling = {
  readonly client: Client;
  readonly nodes: readonly Place[];
  readonly file: KeysFile | undefined;
  readonly take: (key: NodeKey) => Promise<void>;
};

const enrolledKeys = async ({ client, nodes, file, take }: Enrolling): Promise<readonly NodeKey[]> => {
  const enrolled = await enrolTable(client, nodes, take);
  return togetherToTheEnd(enrolled, async ({ nodeId, key }) => {
    // A node that is enrolled by this is new there: what the file has of it is from another site, or from before it was removed.
    const known = key ?? file?.keys.get(nodeId);
    if (known !== undefined) return known;
    const another = await issueKey(client, nodeId);
    await take(another);
    return another;
  });
};

/** A key of few requests a minute takes that long for some hundreds. */
const revokedWithinMs = 10 * 60_000;

/** Also when the simulation was stopped, which its client's requests would not outlive. */
const revokeAll = async (client: Client, issued: readonly NodeKey[]): Promise<void> => {
  const lasting = { ...client, stop: AbortSignal.timeout(revokedWithinMs) };
  let revoked = 0;
  try {
    await togetherToTheEnd(issued, async ({ node_id, key_id }) => {
      await remove(lasting, `/api/v1/nodes/${node_id}/keys/${key_id}`);
      revoked += 1;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const left = `${issued.length - revoked} of ${issued.length} keys that were issued could not be revoked`;
    throw new Error(`${left}, and nodes list shows them: ${reason}`, { cause: error });
  }
};
