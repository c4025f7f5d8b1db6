/** The MQTT user name of a node: its id, or its id and one of its keys. A `/` is in no node id, so the first one divides them. */

export type NamedNode = {
  readonly nodeId: string;
  /** The only key that opens; `undefined` when any key of the node does. */
  readonly keyId: string | undefined;
};

/** `node_id`, or `node_id/key_id`: where each user has one password, each key of a node is a user of its own. */
export const nodeUserName = (nodeId: string, keyId?: string): string =>
  keyId === undefined ? nodeId : `${nodeId}/${keyId}`;

/** `undefined` when a part is empty, which names no node or no key. */
export const nodeNamedBy = (userName: string): NamedNode | undefined => {
  const slash = userName.indexOf('/');
  const nodeId = slash === -1 ? userName : userName.slice(0, slash);
  const keyId = slash === -1 ? undefined : userName.slice(slash + 1);
  return nodeId === '' || keyId === '' ? undefined : { nodeId, keyId };
};
