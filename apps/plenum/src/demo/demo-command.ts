import { defineCommand, UsageError } from '../command-line/command.ts';
import { flag, whole } from '../command-line/options.ts';
import { logOption, mqttOption } from '../command-line/stack-options.ts';
import { sharesOf, trafficOptions } from '../simulate/traffic-options.ts';

const options = {
  once: flag('Send a number of messages, prove what became of them, and end.'),
  json: flag('With --once: the last line of standard output is one JSON object.'),
  fresh: flag('Begin with empty data. Refused while another plenum uses them.'),
  log: logOption,
  mqtt: mqttOption,
  ...trafficOptions,
  rate: whole({ about: 'Messages a second; 0 for as fast as they are acknowledged. Without --once.', fallback: 360 }),
  messages: whole({ about: 'How many messages in all. With --once.', fallback: 20_000, min: 1 }),
  commands: whole({ about: 'How many commands to a node, in all. With --once.', fallback: 500, min: 0 }),
};

export const demo = defineCommand({
  name: 'demo',
  summary: 'Everything in one process, with 200 simulated nodes: see it work.',
  about:
    'Starts a PostgreSQL of its own under .plenum/ (or uses DATABASE_URL), the MQTT bridge, the projector, the API, ' +
    'and simulated nodes over real MQTT connections. Data are kept from run to run. When a usual port is taken, a ' +
    'free one is used. Ctrl-C stops it: what was taken is finished and acknowledged first.\n\n' +
    'With --log kafka it uses KAFKA_BROKERS, or runs a Kafka and a schema registry of its own for as long as it needs ' +
    'them (Java 17 and Maven are needed for that), and registers the schemas. With --mqtt connect the nodes publish at ' +
    'the broker of MQTT_URL, or at a Mosquitto of this machine, and Plenum subscribes there; its session at MQTT_URL ' +
    'is called plenum-demo unless MQTT_CLIENT_ID says otherwise, and stays there.\n\n' +
    'The API listens on this machine alone unless HTTP_HOST says otherwise, and asks everybody who they are. The first ' +
    'start makes one administrator and prints a one-time password, and every ' +
    'run issues itself an API key that ends with it; a curl with it is printed for what a node said, and ' +
    'one for what was refused.\n\n' +
    'The nodes are enrolled and sign in with keys of their own, and nobody else is let in unless MQTT_ANONYMOUS says so. ' +
    'They take commands: with --once some answer slowly, never, twice or with an error, and some sleep; else ' +
    'each answers, and a curl is printed that commands one.\n\n' +
    'With --once, exit code 0 says that no command is left open, that those that succeeded were executed exactly once, as ' +
    'the nodes themselves noted it, and those that were executed succeeded, failed or were not answered, that nothing acknowledged was lost, that the counters balance, that the tables are the ' +
    'fold of the log, and that the API lets in who has a key and nobody else.',
  options,
  examples: ['demo', 'demo --rate 2000 --fresh', 'demo --once --json', 'demo --log kafka --mqtt connect'],
  run: async (values, surroundings) => {
    const shares = sharesOf(values);
    if (values.json && !values.once) throw new UsageError('--json goes with --once');
    // Loaded when it is wanted: the other commands are small, and start in half the time without all of this.
    const { runDemo } = await import('./run-demo.ts');
    return runDemo({ ...values, shares }, surroundings);
  },
});
