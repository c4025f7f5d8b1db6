import { defineCommand, untilStopped } from '../command-line/command.ts';
import { logOption, mqttOption } from '../command-line/stack-options.ts';

export const up = defineCommand({
  name: 'up',
  summary: 'Run the bridge, the projector and the API in one process.',
  about:
    'Settings come from the environment, and what it leaves out from a file .env beside package.json. Without ' +
    'DATABASE_URL it runs a PostgreSQL of its own under PLENUM_DATA_DIR. ' +
    'With the log on Kafka and no KAFKA_BROKERS it runs a Kafka and a schema registry, too.\n\n' +
    'The first start makes one administrator and prints a one-time password, on standard output. With DATABASE_URL ' +
    'it needs JWT_SECRET and PLENUM_MASTER_KEY; without, it keeps such secrets beside the data.\n\n' +
    'The API speaks plain HTTP, and listens on all addresses of the machine unless HTTP_HOST names one: put a proxy with ' +
    'TLS before it where the network is not your own.\n\n' +
    'It stays until SIGTERM or SIGINT: then nothing new is taken, and what was taken is finished and acknowledged.',
  options: { log: logOption, mqtt: mqttOption },
  examples: ['up', 'up --log kafka'],
  run: async (values, surroundings) => {
    // Loaded when it is wanted: the other commands are small, and start in half the time without all of this.
    const { runUp } = await import('./run-up.ts');
    return untilStopped(surroundings.stop, () => runUp(values, surroundings));
  },
});
