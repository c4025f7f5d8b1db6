/** `plenum kafka up`, `down` and `status`: a real Kafka and a registry on this machine. */
import { processSettings, readConfig } from '@plenum/config';
import type { KafkaPlace, KafkaStatus } from '@plenum/local-kafka';
import { createLogger } from '@plenum/metrics';
import { defineCommand, type Surroundings } from '../command-line/command.ts';
import { flag, optionalChoice } from '../command-line/options.ts';
import { localKafkaDirectory } from './local-kafka-directory.ts';

const json = flag('One JSON object on standard output.');

const placeOf = ({ environment }: Surroundings): KafkaPlace => {
  const { PLENUM_DATA_DIR, LOG_LEVEL } = processSettings;
  const config = readConfig({ PLENUM_DATA_DIR, LOG_LEVEL }, environment);
  const level = environment.LOG_LEVEL === undefined || environment.LOG_LEVEL === '' ? 'warn' : config.LOG_LEVEL;
  return {
    dataDir: localKafkaDirectory(config),
    logger: createLogger({ name: 'kafka', level, to: 'stderr' }),
  };
};

/** Loaded when it is wanted, as everything large is. */
const kafkaLib = () => import('@plenum/local-kafka');

export const kafkaUpCommand = defineCommand({
  name: 'kafka up',
  summary: 'Start a real Kafka and a schema registry on this machine, and leave them running.',
  about:
    'Needs Java 17 and Maven. The first time the broker (45 MB) and the registry (160 MB) are fetched from Maven Central ' +
    'into .cache/kafka; every time they are compared with the digests in the repository. Both listen on 127.0.0.1 only, ' +
    'at 9092 and 8081 or, where one is taken, a free port. Their data are under PLENUM_DATA_DIR.\n\n' +
    'Where they run already, it only says where.',
  options: {
    json,
    nodes: optionalChoice(['1', '3'], { about: 'How many brokers.', otherwise: '1' }),
    version: optionalChoice(['4.1.1', '3.9.1'], { about: 'Of the broker.', otherwise: '4.1.1' }),
  },
  examples: ['kafka up', 'kafka up --nodes 3'],
  run: async (values, surroundings) => {
    const { kafkaStatus, kafkaUp } = await kafkaLib();
    const place = placeOf(surroundings);
    surroundings.tell(`Kafka and a registry, with their data in ${place.dataDir}: this takes some seconds\n`);
    await kafkaUp({
      ...place,
      nodes: values.nodes === '3' ? 3 : 1,
      ...(values.version !== undefined && { version: values.version }),
    });
    const found = await kafkaStatus(place);
    await surroundings.out(values.json ? `${JSON.stringify(found)}\n` : textOf(found));
    return found.state === 'up' ? 0 : 1;
  },
});

export const kafkaDownCommand = defineCommand({
  name: 'kafka down',
  summary: 'Stop the local Kafka and its schema registry.',
  about: 'Their data stay, and the next `kafka up` goes on with them.',
  options: { json },
  examples: ['kafka down'],
  run: async (values, surroundings) => {
    const { kafkaDown } = await kafkaLib();
    const stopped = await kafkaDown(placeOf(surroundings));
    await surroundings.out(values.json ? `${JSON.stringify({ stopped })}\n` : `${stopped} processes stopped\n`);
    return 0;
  },
});

export const kafkaStatusCommand = defineCommand({
  name: 'kafka status',
  summary: 'Say whether the local Kafka and its schema registry run, and where.',
  about: 'Exit code 0 when Kafka answers, 1 when it does not or is not there.',
  options: { json },
  examples: ['kafka status --json'],
  run: async (values, surroundings) => {
    const { kafkaStatus } = await kafkaLib();
    const found = await kafkaStatus(placeOf(surroundings));
    await surroundings.out(values.json ? `${JSON.stringify(found)}\n` : textOf(found));
    return found.state === 'up' ? 0 : 1;
  },
});

/** Ends with what to set, so that it can be pasted. */
const textOf = (found: KafkaStatus): string => {
  if (found.state === 'down') return 'no Kafka runs here: kafka up starts one\n';
  const { version, brokers, registry, pids } = found;
  const how = found.state === 'up' ? `up, with ${found.topics} topics` : 'there and does not answer';
  return [
    `Kafka ${version} is ${how}: process ${pids.join(', ')}`,
    ...(registry === undefined ? [] : [`Apicurio ${registry.version} is up: process ${registry.pid}`]),
    '',
    `  KAFKA_BROKERS=${brokers.join(',')}`,
    ...(registry === undefined ? [] : [`  SCHEMA_REGISTRY_URL=${registry.url}`]),
    '',
  ].join('\n');
};
