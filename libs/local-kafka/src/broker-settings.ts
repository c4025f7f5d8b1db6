/** Settings of a broker on one's own machine: everything on loopback, small, quick to start and quick to fail over. */
import type { KafkaVersion } from './releases.ts';
import type { Secured } from './secure-listener.ts';

export type NodePorts = {
  readonly node: number;
  readonly broker: number;
  readonly controller: number;
  readonly secured: number;
};

export type BrokerSettings = {
  readonly version: KafkaVersion;
  readonly ports: NodePorts;
  readonly all: readonly NodePorts[];
  readonly dataDirectory: string;
  readonly secured: Secured | undefined;
};

/** The same on every machine, so that data can be carried from one to another. */
export const clusterId = 'cGxlbnVtLWxvY2FsLTAwMA';

/**
 * The lines of server.properties. Four partitions for internal topics instead of fifty, and no delay for a group's
 * first member, save seconds; the log cleaner would take 128 MB of heap at start. A broker that is silent for six
 * seconds is given up instead of nine.
 */
export const brokerProperties = ({ version, ports, all, dataDirectory, secured }: BrokerSettings): string => {
  const replicas = String(all.length);
  const inSync = all.length === 1 ? '1' : '2';
  const listeners = [
    `PLAINTEXT://127.0.0.1:${ports.broker}`,
    ...(secured ? [`SECURED://127.0.0.1:${ports.secured}`] : []),
  ];
  const lines: Readonly<Record<string, string>> = {
    'process.roles': 'broker,controller',
    'node.id': String(ports.node),
    'controller.quorum.voters': all.map(({ node, controller }) => `${node}@127.0.0.1:${controller}`).join(','),
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'advertised.listeners': listeners.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL',
    'log.dirs': dataDirectory,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    'broker.session.timeout.ms': '6000',
    'broker.heartbeat.interval.ms': '1000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '8388608',
    ...(version === '4.1.1' && {
      'share.coordinator.state.topic.replication.factor': replicas,
      'share.coordinator.state.topic.min.isr': inSync,
    }),
    ...secured?.brokerLines,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
};
