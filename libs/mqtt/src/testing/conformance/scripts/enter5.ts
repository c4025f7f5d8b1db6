/** How clients of MQTT 5 come in, for scripts about what they do then. */
import { type Connect5, connect5, type Filter, property, subscribe5 } from '../bytes5.ts';
import { butMosquitto, hears, type Script, type Step, sends } from '../script.ts';

/** A session that is kept for an hour. */
export const kept: Connect5 = { clean: false, with: [property.sessionExpiry(3600)] };

export const enters5 = (client: string, asked: Connect5 = {}, answer = 'connack 0x00'): readonly Step[] => [
  sends(client, connect5(client, asked)),
  hears(client, answer),
];

export const subscribes5 = (client: string, ...filters: readonly Filter[]): readonly Step[] => [
  sends(client, subscribe5(...filters)),
  hears(client, `suback 1: ${filters.map(([, options]) => options & 3).join(' ')}`),
];

/** With subscriptions, and a session that ends with the connection. */
export const listens5 = (client: string, ...filters: readonly Filter[]): readonly Step[] => [
  ...enters5(client),
  ...subscribes5(client, ...filters),
];

/** Mosquitto does otherwise than the last step says. */
export const otherwise = ({ name, steps }: Script, because: string, ...answers: readonly string[]): Script => {
  const last = steps.at(-1);
  if (last?.does !== 'hear') throw new Error(`${name}: nothing is heard in its last step`);
  return { name, steps: [...steps.slice(0, -1), butMosquitto(last, because, ...answers)] };
};

export const noWord = 'It closes without a word.';
export const notLooked = 'It does not look at that.';

/** Its PUBACK or PUBREC to a message that nobody subscribes to. */
export const sayingNobody = 'It says that nobody subscribes (0x10); the log has the message, which is success.';

/** Why a PUBREL that comes again is answered as the first was. */
export const releasedBefore =
  'It was released before, and the PUBCOMP was lost: clients such as mqtt.js take 0x92 for the failure of a message that is safe.';
