/** How commands come down to nodes in a schedule: over a connection to the bridge itself, or through a broker that keeps them. */
import type { Delivery, DeviceMessage } from '@plenum/runtime';
import type { WayToNodes } from '../../../apps/mqtt-bridge/src/commands/way-to-nodes.ts';
import type { Body, Chance, SimulatedNode } from './simulated-nodes.ts';
import { type Life, longestStepMs, type SimulatedTime } from './simulated-time.ts';

export type WaysDown = {
  /** As this bridge sees it. */
  wayOf(life: Life): WayToNodes;
  /** Calls `hear` with a node that has connected to this bridge, and subscribed. */
  onArrival(hear: (life: Life, nodeId: string) => void): void;
  /** Nodes come, go, and are cut off; where everything is `calm` they come and stay. */
  move(lives: readonly Life[], calm: boolean): void;
  /** Its connections end, and the bridge itself is gone. */
  bridgeDied(life: Life): void;
  /** Where a node may publish. */
  isConnected(nodeId: string): boolean;
  /** How long after the PUBLISH a command may arrive, if it arrives: milliseconds. */
  readonly onTheWayMs: number;
};

export type WaysParts = {
  readonly nodes: readonly SimulatedNode[];
  readonly time: SimulatedTime;
  readonly chance: Chance;
  readonly strikes: (share: number) => boolean;
  /** Called at each PUBLISH. */
  readonly published: (body: Body) => void;
};

const wayMsMax = 300;
/** What is due is done at the end of a step. */
const onTheWayMs = wayMsMax + longestStepMs;

type Connection = {
  readonly node: SimulatedNode;
  readonly life: Life;
  /** As the bridge, and as the node sees it. */
  isOpen: boolean;
  isHeard: boolean;
  readonly pending: Set<() => void>;
};

const decoder = new TextDecoder();
export const bodyOf = ({ payload }: DeviceMessage): Body => JSON.parse(decoder.decode(payload)) as Body; // Plenum made it.

/** Who is connected to whom. */
const connections = ({ nodes, time, chance }: WaysParts) => {
  const current = new Map<string, Connection>();
  const open = new Set<Connection>();
  let hear: (life: Life, nodeId: string) => void = () => undefined;
  const close = (connection: Connection): void => {
    connection.isOpen = false;
    connection.isHeard = false;
    open.delete(connection);
    if (current.get(connection.node.nodeId) === connection) current.delete(connection.node.nodeId);
    for (const settle of connection.pending) settle();
  };
  /** The node is gone, and the bridge does not know for a while. */
  const forsake = (connection: Connection): void => {
    connection.isHeard = false;
    current.delete(connection.node.nodeId);
    time.timer(connection.life.isAlive).after(3_000, () => close(connection));
  };
  const connect = (node: SimulatedNode, life: Life): void => {
    // Of the same bridge it takes the place of the one before.
    for (const other of open) if (other.node === node && other.life === life) close(other);
    const connection: Connection = { node, life, isOpen: true, isHeard: true, pending: new Set() };
    current.set(node.nodeId, connection);
    open.add(connection);
    hear(life, node.nodeId);
  };
  const move: WaysDown['move'] = (lives, calm) => {
    const [first, ...others] = lives;
    if (first === undefined) return;
    for (const node of nodes) {
      const connection = current.get(node.nodeId);
      if (connection === undefined) {
        if (calm || chance.happens(0.3)) connect(node, chance.pick([first, ...others]));
      } else if (!calm && chance.happens(0.05)) {
        if (chance.happens(0.5)) close(connection);
        else forsake(connection);
      }
    }
  };
  return {
    ...{ forsake, move },
    onArrival: (listener: typeof hear): void => {
      hear = listener;
    },
    isConnected: (nodeId: string): boolean => current.has(nodeId),
    bridgeDied: (life: Life): void => {
      for (const connection of open) if (connection.life === life) close(connection);
    },
    of: (life: Life): readonly Connection[] => [...open].filter((one) => one.life === life),
  };
};

export const listenerWays = (parts: WaysParts): WaysDown => {
  const { time, chance, strikes, published } = parts;
  const { forsake, move, onArrival, isConnected, bridgeDied, of } = connections(parts);
  const connectionOf = (life: Life, nodeId: string): Connection | undefined =>
    of(life).find(({ node }) => node.nodeId === nodeId);

  const publish = (life: Life, message: DeviceMessage): Promise<Delivery> => {
    const connection = connectionOf(life, message.clientId ?? '');
    if (connection === undefined) return Promise.resolve({ outcome: 'not-connected' });
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    const timer = time.timer(() => true);
    const expire = (): void => resolve({ outcome: 'expired' });
    connection.pending.add(expire);
    timer.after(message.expiryMs, expire);
    if (strikes(0.03)) {
      resolve({ outcome: 'refused', by: 'device', reason: 0x83 });
      return promise;
    }
    const body = bodyOf(message);
    published(body);
    timer.after(chance.below(wayMsMax), () => {
      if (!connection.isHeard) return;
      connection.node.take(body, () => {
        if (strikes(0.05)) forsake(connection);
        timer.after(chance.below(200), () => {
          if (connection.isHeard && connection.isOpen) resolve({ outcome: 'delivered', by: 'device' });
        });
      });
    });
    return promise;
  };
  return {
    onTheWayMs,
    ...{ onArrival, isConnected, bridgeDied, move },
    wayOf: (life) => ({
      devices: { publish: (message) => publish(life, message) },
      reaches: (nodeId) => connectionOf(life, nodeId) !== undefined,
      here: () => of(life).map(({ node }) => node.nodeId),
      isAbsent: (nodeId) => connectionOf(life, nodeId) === undefined,
      clientOf: ({ nodeId }) => nodeId,
    }),
  };
};

type Kept = { readonly body: Body; readonly untilMs: number; isSent: boolean };

/** A broker hands on when it likes, again when it is not sure, and forgets when it crashes. */
export const brokerWays = ({ nodes, time, chance, strikes, published }: WaysParts): WaysDown => {
  const timer = time.timer(() => true);
  const kept = new Map(nodes.map(({ nodeId }) => [nodeId, [] as Kept[]]));
  const connected = new Set<string>();
  let holder: Life | undefined;
  let hear: (life: Life, nodeId: string) => void = () => undefined;
  const publish = (message: DeviceMessage): Promise<Delivery> => {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    timer.after(message.expiryMs, () => resolve({ outcome: 'expired' }));
    if (strikes(0.03)) {
      resolve({ outcome: 'not-connected' });
      return promise;
    }
    const body = bodyOf(message);
    const nodeId = message.topic.slice(message.topic.lastIndexOf('/') + 1);
    // It may be away all the time.
    if (strikes(0.05)) return promise;
    published(body);
    timer.after(chance.below(wayMsMax), () => {
      kept.get(nodeId)?.push({ body, untilMs: timer.nowMs() + message.expiryMs, isSent: false });
      if (!strikes(0.05)) timer.after(chance.below(100), () => resolve({ outcome: 'delivered', by: 'broker' }));
    });
    return promise;
  };
  const handOn = ({ nodeId, take }: SimulatedNode): void => {
    const queue = kept.get(nodeId) ?? [];
    for (const one of [...queue]) {
      if (one.untilMs < timer.nowMs()) queue.splice(queue.indexOf(one), 1);
      else if (!one.isSent) {
        one.isSent = true;
        take(one.body, () => {
          // Its PUBACK is lost now and then.
          if (!strikes(0.1)) queue.splice(queue.indexOf(one), 1);
        });
      }
    }
  };
  return {
    onTheWayMs,
    onArrival: (listener) => {
      hear = listener;
    },
    isConnected: (nodeId) => connected.has(nodeId),
    bridgeDied: (life) => {
      if (holder === life) holder = undefined;
    },
    move: (lives, calm) => {
      if (holder === undefined || (!calm && strikes(0.02))) {
        holder = lives[chance.below(lives.length)];
        if (holder !== undefined) hear(holder, '');
      }
      if (!calm && strikes(0.01)) for (const queue of kept.values()) queue.splice(0);
      for (const node of nodes) {
        const { nodeId } = node;
        if (!connected.has(nodeId) && (calm || chance.happens(0.3))) {
          connected.add(nodeId);
          for (const one of kept.get(nodeId) ?? []) one.isSent = false;
        } else if (!calm && chance.happens(0.05)) connected.delete(nodeId);
        if (connected.has(nodeId)) handOn(node);
      }
    },
    wayOf: (life) => ({
      devices: { publish },
      reaches: () => holder === life,
      here: () => undefined,
      isAbsent: () => false,
      clientOf: () => undefined,
    }),
  };
};
