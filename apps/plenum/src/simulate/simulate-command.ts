import { defineCommand, UsageError } from '../command-line/command.ts';
import { flag, optionalText, optionalWhole, text, whole } from '../command-line/options.ts';
import { manifestWriter } from './manifest.ts';
import { runSimulation, type SimulationCounts, simulationCounts } from './run-simulation.ts';
import { sharesOf, trafficOptions } from './traffic-options.ts';

const options = {
  url: text({ about: 'The MQTT broker, any.', fallback: 'mqtt://127.0.0.1:1883', placeholder: 'URL' }),
  ...trafficOptions,
  rate: whole({ about: 'Messages a second; 0 for as fast as they are acknowledged.', fallback: 0 }),
  messages: optionalWhole('How many messages in all. Without this and --seconds it goes on until stopped.', 1),
  seconds: optionalWhole('For how long.', 1),
  window: whole({ about: 'Messages a node may have sent and not yet heard of.', fallback: 16, min: 1 }),
  manifest: optionalText('Writes what became of every message to this file, a JSON line each.', 'FILE'),
  json: flag('Ends with one JSON object on standard output.'),
};

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Publish made-up device traffic to any MQTT broker.',
  about:
    'Every node registers, then its sensors report in turn, and it reports its status now and then. Messages are ' +
    'published at QoS 1; a lost connection is taken up again, and what was not acknowledged is sent again.\n\n' +
    'The manifest holds, for every message, the id of the event that the log must hold (or, of a malformed one, the ' +
    'SHA-256 that the quarantine must hold) and whether it was acknowledged. Exit code 1 when some never were.',
  options,
  examples: ['simulate --rate 500 --seconds 60', 'simulate --messages 20000 --seed 7 --manifest manifest.ndjson'],
  readsSettings: false,
  run: async (values, { out, tell, stop }) => {
    if (!/^(mqtts?|wss?):\/\/./.test(values.url) || !URL.canParse(values.url)) {
      throw new UsageError(`--url must begin with mqtt://, mqtts://, ws:// or wss://, and is "${values.url}"`);
    }
    const shares = sharesOf(values);
    const manifest = values.manifest === undefined ? undefined : await manifestWriter(values.manifest);
    const startMs = performance.now();
    const counts = simulationCounts();
    const telling = setInterval(() => tell(`${line(counts)}, ${counts.connected} nodes connected\n`), 5_000);
    try {
      await runSimulation({
        url: values.url,
        plan: { seed: values.seed, nodes: values.nodes, messages: values.messages ?? Number.POSITIVE_INFINITY, shares },
        ratePerSecond: values.rate,
        windowMax: values.window,
        counts,
        stop,
        ...(values.seconds !== undefined && { seconds: values.seconds }),
        ...(manifest !== undefined && { manifest: manifest.write }),
      });
    } finally {
      clearInterval(telling);
      await manifest?.close();
    }
    const seconds = Math.round((performance.now() - startMs) / 10) / 100;
    if (values.json) await out(`${JSON.stringify(summary(counts, seconds))}\n`);
    else await out(`${line(counts)} in ${seconds} s.\n`);
    return counts.acknowledged === counts.published ? 0 : 1;
  },
});

const summary = ({ published, acknowledged, reconnects, kinds }: SimulationCounts, seconds: number): object => ({
  published,
  acknowledged,
  unacknowledged: published - acknowledged,
  reconnects,
  kinds: Object.fromEntries(kinds),
  seconds,
});

const line = ({ published, acknowledged, reconnects }: SimulationCounts): string =>
  `${published} published, ${acknowledged} acknowledged, ${reconnects} reconnects`;
