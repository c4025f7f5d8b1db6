/** The last message of each topic that was published to be retained, found by filters; bounded by its bytes. */
import type { RetainedMessage } from '@plenum/runtime';

export type RetainedMessages = {
  /** In place of the topic's last one. `false`: there is no space left for it, and the topic's last one is gone. */
  set(message: RetainedMessage): boolean;
  remove(topic: string): void;
  /** What is retained on topics that a filter takes and has not expired. */
  match(filter: string, nowMs: number): readonly RetainedMessage[];
  has(topic: string): boolean;
  /** Forgets what has expired: it takes space from others. */
  expire(nowMs: number): void;
  bytes(): number;
  clear(): void;
};

type Node = { readonly children: Map<string, Node>; message: RetainedMessage | undefined };

const newNode = (): Node => ({ children: new Map(), message: undefined });

export const retainedMessages = (bytesMax: number): RetainedMessages => {
  let root = newNode();
  let bytes = 0;

  const find = (topic: string): Node | undefined => {
    let node: Node | undefined = root;
    for (const level of topic.split('/')) node = node?.children.get(level);
    return node;
  };
  const remove = (topic: string): void => {
    const message = find(topic)?.message;
    if (message === undefined) return;
    bytes -= sizeOf(message);
    removeFrom(root, topic.split('/'), 0);
  };
  return {
    set: (message) => {
      remove(message.topic);
      if (bytes + sizeOf(message) > bytesMax) return false;
      let node = root;
      for (const level of message.topic.split('/')) {
        let next = node.children.get(level);
        if (next === undefined) {
          next = newNode();
          node.children.set(level, next);
        }
        node = next;
      }
      node.message = message;
      bytes += sizeOf(message);
      return true;
    },
    remove,
    match: (filter, nowMs) => {
      const found: RetainedMessage[] = [];
      collect(root, filter.split('/'), 0, found);
      return found.filter(({ expiresAtMs = Number.POSITIVE_INFINITY }) => expiresAtMs > nowMs);
    },
    expire: (nowMs) => {
      const found: RetainedMessage[] = [];
      collectAll(root, found);
      for (const { topic, expiresAtMs = Number.POSITIVE_INFINITY } of found) if (expiresAtMs <= nowMs) remove(topic);
    },
    has: (topic) => find(topic)?.message !== undefined,
    bytes: () => bytes,
    clear: () => {
      root = newNode();
      bytes = 0;
    },
  };
};

/** What it takes to keep track of one, beside its bytes. */
const overheadBytes = 200;

const sizeOf = ({ topic, body }: RetainedMessage): number => topic.length + body.length + overheadBytes;

const collect = (node: Node, levels: readonly string[], at: number, found: RetainedMessage[]): void => {
  const level = levels[at];
  if (level === undefined) {
    if (node.message !== undefined) found.push(node.message);
  } else if (level === '#') {
    collectAll(node, found);
  } else if (level === '+') {
    for (const child of node.children.values()) collect(child, levels, at + 1, found);
  } else {
    const child = node.children.get(level);
    if (child !== undefined) collect(child, levels, at + 1, found);
  }
};

const collectAll = (node: Node, found: RetainedMessage[]): void => {
  if (node.message !== undefined) found.push(node.message);
  for (const child of node.children.values()) collectAll(child, found);
};

const removeFrom = (node: Node, levels: readonly string[], at: number): boolean => {
  const level = levels[at];
  if (level === undefined) node.message = undefined;
  else {
    const child = node.children.get(level);
    if (child !== undefined && removeFrom(child, levels, at + 1)) node.children.delete(level);
  }
  return node.message === undefined && node.children.size === 0;
};
