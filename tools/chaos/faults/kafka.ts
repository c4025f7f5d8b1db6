/** What happens to Kafka and to the schema registry. */
import { setTimeout as sleep } from 'node:timers/promises';
import { between } from '../numbers.ts';
import type { Site } from '../site/site.ts';
import type { Fault } from './fault.ts';

const onKafkaOnly = ({ kafka }: Site): string | undefined => (kafka === undefined ? 'the log is not Kafka' : undefined);

const kafkaOf = ({ kafka }: Site): NonNullable<Site['kafka']> => {
  if (kafka === undefined) throw new Error('the log is not Kafka');
  return kafka;
};

export const kafkaFaults: readonly Fault[] = [
  {
    kind: 'kill-broker',
    about: 'SIGKILL the Kafka broker',
    impossible: onKafkaOnly,
    happen: async (site, _, say) => {
      const { broker } = kafkaOf(site);
      say(`SIGKILL ${broker.name}, process ${broker.pid()}`);
      await broker.kill();
      say(`${broker.name} takes connections again`);
    },
  },
  {
    kind: 'freeze-broker',
    about: 'SIGSTOP the Kafka broker for up to 6 s',
    impossible: onKafkaOnly,
    happen: async (site, numbers, say) => {
      const { broker } = kafkaOf(site);
      const forMs = between(numbers, 300, 6_000);
      say(`SIGSTOP ${broker.name}, process ${broker.pid()}, for ${forMs} ms`);
      await broker.freeze();
      await sleep(forMs);
      say(`SIGCONT ${broker.name}`);
      broker.wake();
    },
  },
  {
    kind: 'kill-registry',
    about: 'SIGKILL the schema registry, which nobody needs who runs already',
    impossible: onKafkaOnly,
    happen: async (site, _, say) => {
      const { registry } = kafkaOf(site);
      say(`SIGKILL ${registry.name}, process ${registry.pid()}`);
      await registry.kill();
      say(`${registry.name} answers again`);
    },
  },
  {
    kind: 'freeze-registry',
    about: 'SIGSTOP the schema registry for up to 5 s, and SIGKILL the bridge, which needs it to start',
    impossible: onKafkaOnly,
    happen: async (site, numbers, say) => {
      const { registry } = kafkaOf(site);
      const forMs = between(numbers, 300, 5_000);
      say(`SIGSTOP ${registry.name}, process ${registry.pid()}, for ${forMs} ms; SIGKILL bridge`);
      await registry.freeze();
      for (const bridge of site.bridges) bridge.kill();
      await sleep(forMs);
      say(`SIGCONT ${registry.name}`);
      registry.wake();
    },
  },
];
