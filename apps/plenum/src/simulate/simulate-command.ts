import { defineCommand } from '../command-line/command.ts';
import { runSimulate } from './run-simulate.ts';
import { options } from './simulate-options.ts';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Publish made-up device traffic to any MQTT broker, and answer commands.',
  about:
    'Every node registers, then its sensors report in turn, and it reports its status now and then. Messages are ' +
    'published at QoS 1; a lost connection is taken up again, and what was not acknowledged is sent again.\n\n' +
    'Where nodes have to sign in, --enrol enrols them, each with its sensors, and gets a key for each. With --keys the keys are kept ' +
    'in a file, and the same nodes sign in with them the next time, with --enrol or without. Without it they are revoked at the end. ' +
    'The nodes stay enrolled. A node has two keys at most: where one has two that the file does not have, revoke one first ' +
    '(nodes key revoke). To issue or revoke a key is a request each: give the API key enough of them a minute (keys issue --rate). ' +
    'Keys are never printed.\n\n' +
    'Nodes that take commands execute each once, and answer one that has expired as failed. Nodes that answer with an error, or ' +
    'never, have executed some of them all the same. At the end it says how many commands came, were executed, and were answered ' +
    'in which way.\n\n' +
    'The manifest holds, for every message, the id of the event that the log must hold (or, of a malformed one, the ' +
    'SHA-256 that the quarantine must hold) and whether it was acknowledged. Exit code 1 when some never were.',
  options,
  examples: [
    'simulate --rate 500 --seconds 60',
    'simulate --messages 20000 --seed 7 --manifest manifest.ndjson',
    'simulate --nodes 20 --rate 10 --enrol --api-key simulator.key --keys nodes.keys --answering slow=0.2,never=0.1',
  ],
  readsSettings: false,
  run: runSimulate,
});
