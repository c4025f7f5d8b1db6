import { defineCommand, UsageError } from '../command-line/command.ts';
import { flag, whole } from '../command-line/options.ts';
import { sharesOf, trafficOptions } from '../simulate/traffic-options.ts';

const options = {
  once: flag('Send a number of messages, prove what became of them, and end.'),
  json: flag('With --once: the last line of standard output is one JSON object.'),
  fresh: flag('Begin with empty data. Refused while another plenum uses them.'),
  ...trafficOptions,
  rate: whole({ about: 'Messages a second; 0 for as fast as they are acknowledged. Without --once.', fallback: 360 }),
  messages: whole({ about: 'How many messages in all. With --once.', fallback: 20_000, min: 1 }),
};

export const demo = defineCommand({
  name: 'demo',
  summary: 'Everything in one process, with 200 simulated nodes: see it work.',
  about:
    'Starts a PostgreSQL of its own under .plenum/ (or uses DATABASE_URL), the MQTT bridge, the projector, the API, ' +
    'and simulated nodes over real MQTT connections. Data are kept from run to run. When a usual port is taken, a ' +
    'free one is used. Ctrl-C stops it: what was taken is finished and acknowledged first.\n\n' +
    'With --once, exit code 0 says that nothing acknowledged was lost, that the sums balance, and that the tables are ' +
    'the fold of the log.',
  options,
  examples: ['demo', 'demo --rate 2000 --fresh', 'demo --once --json'],
  run: async (values, surroundings) => {
    const shares = sharesOf(values);
    if (values.json && !values.once) throw new UsageError('--json goes with --once');
    // Loaded when it is wanted: the other commands are small, and start in half the time without all of this.
    const { runDemo } = await import('./run-demo.ts');
    return runDemo({ ...values, shares }, surroundings);
  },
});
