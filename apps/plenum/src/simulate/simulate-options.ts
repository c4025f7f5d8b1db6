/** The options of `plenum simulate`. */
import { flag, optionalText, optionalWhole, text, type Values, whole } from '../command-line/options.ts';
import { answeringMix } from './answering-mix.ts';
import { trafficOptions } from './traffic-options.ts';

export const options = {
  url: text({ about: 'The MQTT broker, any.', fallback: 'mqtt://127.0.0.1:1883', placeholder: 'URL' }),
  ...trafficOptions,
  rate: whole({ about: 'Messages a second; 0 for as fast as they are acknowledged.', fallback: 0 }),
  messages: optionalWhole('How many messages in all. Without this and --seconds it goes on until stopped.', 1),
  seconds: optionalWhole('For how long.', 1),
  window: whole({ about: 'Messages a node may have sent and not yet heard of.', fallback: 16, min: 1 }),
  enrol: flag(
    'Enrols the nodes at the API of a Plenum, and they sign in with the keys that it issues. Takes --api-key.',
  ),
  api: text({ about: 'With --enrol: the API.', fallback: 'http://127.0.0.1:8000', placeholder: 'URL' }),
  'api-key': optionalText(
    'With --enrol: a file with an API key that has write:nodes, or - for standard input.',
    'FILE',
  ),
  keys: optionalText(
    'Nodes sign in with the keys in this file, a JSON object on each line, as nodes enrol --json writes them. With --enrol new ones ' +
      'are added to it. Nobody else may read it (mode 600).',
    'FILE',
  ),
  answering: answeringMix(
    'How nodes answer commands: shares of nodes that answer slow, never, twice or with an error, such as slow=0.1,never=0.05; the ' +
      'others are prompt. A word alone is for all of them. Nodes that sign in are prompt without it, and others take no commands.',
  ),
  manifest: optionalText('Writes what became of every message to this file, a JSON line each.', 'FILE'),
  json: flag('Ends with one JSON object on standard output.'),
};

export type SimulateValues = Values<typeof options>;
