/** Who has subscribed to what, level by level, so that a topic finds its subscribers by its own levels alone (MQTT 4.7). */
import type { SubscriptionOptions } from '@plenum/runtime';

/** A subscriber and one of its subscriptions that takes the topic. */
export type Match<Subscriber> = { readonly subscriber: Subscriber; readonly options: SubscriptionOptions };

export type SubscriptionTree<Subscriber> = {
  /** In place of the subscriber's one with the same filter. */
  add(filter: string, subscriber: Subscriber, options: SubscriptionOptions): void;
  remove(filter: string, subscriber: Subscriber): void;
  /** One for each subscription that takes the topic: a subscriber may come more than once. */
  match(topic: string): readonly Match<Subscriber>[];
  /** Nobody subscribes to anything, and nothing is kept of who did. */
  isEmpty(): boolean;
};

type Subscribers<Subscriber> = Map<Subscriber, SubscriptionOptions>;

type Node<Subscriber> = {
  readonly children: Map<string, Node<Subscriber>>;
  /** Of the filter that ends here. */
  here: Subscribers<Subscriber> | undefined;
  /** Of the filter that goes on with `#`. */
  rest: Subscribers<Subscriber> | undefined;
};

const none: readonly never[] = [];

const newNode = <Subscriber>(): Node<Subscriber> => ({ children: new Map(), here: undefined, rest: undefined });

export const subscriptionTree = <Subscriber>(): SubscriptionTree<Subscriber> => {
  const root = newNode<Subscriber>();

  const collect = (found: Match<Subscriber>[], subscribers: Subscribers<Subscriber> | undefined): void => {
    if (subscribers === undefined) return;
    for (const [subscriber, options] of subscribers) found.push({ subscriber, options });
  };
  /** `at`: where the level after `node` begins; beyond the end when there is none. */
  const walk = (node: Node<Subscriber>, topic: string, at: number, found: Match<Subscriber>[]): void => {
    collect(found, node.rest); // `a/#` takes `a`, too.
    if (at > topic.length) {
      collect(found, node.here);
      return;
    }
    if (node.children.size === 0) return;
    const slash = topic.indexOf('/', at);
    const end = slash < 0 ? topic.length : slash;
    const exact = node.children.get(topic.slice(at, end));
    if (exact !== undefined) walk(exact, topic, end + 1, found);
    const any = node.children.get('+');
    if (any !== undefined) walk(any, topic, end + 1, found);
  };

  return {
    add: (filter, subscriber, options) => {
      const levels = filter.split('/');
      const isRest = levels.at(-1) === '#';
      let node = root;
      for (const level of isRest ? levels.slice(0, -1) : levels) {
        let next = node.children.get(level);
        if (next === undefined) {
          next = newNode();
          node.children.set(level, next);
        }
        node = next;
      }
      if (isRest) (node.rest ??= new Map()).set(subscriber, options);
      else (node.here ??= new Map()).set(subscriber, options);
    },
    remove: (filter, subscriber) => {
      removeFrom(root, filter.split('/'), 0, subscriber);
    },
    match: (topic) => {
      if (root.children.size === 0 && root.rest === undefined) return none;
      const found: Match<Subscriber>[] = [];
      walk(root, topic, 0, found);
      return found;
    },
    isEmpty: () => root.children.size === 0 && root.rest === undefined,
  };
};

/** `true`: nothing is left in the node. */
const removeFrom = <Subscriber>(
  node: Node<Subscriber>,
  levels: readonly string[],
  at: number,
  subscriber: Subscriber,
): boolean => {
  const level = levels[at];
  if (level === undefined) {
    node.here?.delete(subscriber);
    if (node.here?.size === 0) node.here = undefined;
  } else if (level === '#') {
    node.rest?.delete(subscriber);
    if (node.rest?.size === 0) node.rest = undefined;
  } else {
    const child = node.children.get(level);
    if (child !== undefined && removeFrom(child, levels, at + 1, subscriber)) node.children.delete(level);
  }
  return node.children.size === 0 && node.here === undefined && node.rest === undefined;
};
