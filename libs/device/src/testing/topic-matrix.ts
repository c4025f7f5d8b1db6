/** Which identity may do what on which topic, by hand: what every way in to the devices is tested against. */

/** Of these, `node` is the node `a` with the sensor `humidity`; `rotated` is `a` with its newer key. No other has rights. */
export const identities = ['node', 'rotated', 'rotated-away', 'revoked', 'disabled', 'unknown'] as const;

export type TopicCase = {
  readonly identity: (typeof identities)[number];
  readonly action: 'publish' | 'subscribe';
  /** A topic to publish on, or a filter to subscribe to. */
  readonly topic: string;
  readonly allowed: boolean;
};

/** The topics of a node and its sensor `humidity`. */
const published = (nodeId: string): readonly string[] => [
  `ceiling/sensors/${nodeId}_humidity/data`,
  ...['status', 'registration', 'responses'].map((what) => `ceiling/nodes/${nodeId}/${what}`),
];
const read = (nodeId: string): string => `ceiling/commands/${nodeId}`;

const filters: readonly string[] = ['#', '+/+/+', '$SYS/#', 'ceiling/#', 'ceiling/nodes/+/status'].concat(
  ['ceiling/sensors/+/data', 'ceiling/commands/+', 'ceiling/commands/#', 'ceiling/commands/a/#'],
  ['$share/group/ceiling/commands/a', '$share/group/ceiling/#'],
);

/** Own topics first; then those of another node, and of nodes whose ids begin the same. */
const topics: readonly string[] = [
  ...['a', 'b', 'a_b', 'a_humidity'].flatMap((nodeId) => [...published(nodeId), read(nodeId)]),
  ...['ceiling/sensors/a_temperature/data', 'ceiling/commands/all', 'ceiling/commands/zone:1', '$SYS/broker/uptime'],
];

const own: Readonly<Record<TopicCase['action'], ReadonlySet<string>>> = {
  publish: new Set(published('a')),
  subscribe: new Set([read('a')]),
};

export const topicMatrix: readonly TopicCase[] = identities.flatMap((identity) => {
  const hasRights = identity === 'node' || identity === 'rotated';
  const cases = (action: TopicCase['action'], asked: readonly string[]): readonly TopicCase[] =>
    asked.map((topic) => ({ identity, action, topic, allowed: hasRights && own[action].has(topic) }));
  return [...cases('publish', topics), ...cases('subscribe', [...topics, ...filters])];
});
