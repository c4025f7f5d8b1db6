/** Packets of one client, of any version: nearly all of them right, with everything in them that the standards allow. */
import { bytes, bytes5 } from '@plenum/mqtt/testing';
import type { Numbers } from '@plenum/simulation';
import { below, oneOf, randomBytes } from '../mutate.ts';
import { badFilters, badTopics, clientIds, filters, packetId, topics, usually } from './names.ts';
import { propertiesOf } from './properties.ts';

export type Level = 3 | 4 | 5;

const often = (numbers: Numbers, chance: number): boolean => numbers() < chance;

export const connectOf = (numbers: Numbers, level: Level): Buffer => {
  const clientId = usually(numbers, clientIds, ['', 'x'.repeat(300), 'a\u0001', '\u{1f600}']);
  const will = often(numbers, 0.3) ? { will: willOf(numbers, level) } : {};
  const userName = often(numbers, 0.1) ? { userName: 'u' } : {};
  const password = often(numbers, userName.userName === undefined ? 0.02 : 0.7) ? { password: [1, 2, 3] } : {};
  const asked = {
    ...{ clean: often(numbers, 0.4), keepalive: oneOf(numbers, [0, 1, 5, 60, 0xffff]) },
    ...{ ...will, ...userName, ...password },
  };
  if (level === 5) return bytes5.connect5(clientId, { ...asked, with: propertiesOf(numbers, 'connect') });
  return bytes.connect(clientId, { ...asked, ...(level === 3 && { protocol: 'MQIsdp', level: 3 }) });
};

const willOf = (numbers: Numbers, level: Level) => ({
  ...{ topic: usually(numbers, topics, badTopics), message: payloadOf(numbers) },
  ...{ qos: below(numbers, 3), retain: often(numbers, 0.2) },
  ...(level === 5 && { with: propertiesOf(numbers, 'will') }),
});

/** What begins with an exclamation mark goes to quarantine. */
const payloadOf = (numbers: Numbers): string => {
  const chance = numbers();
  if (chance < 0.1) return '';
  if (chance < 0.2) return '!no';
  return chance < 0.97 ? 'm'.repeat(1 + below(numbers, 40)) : 'm'.repeat(below(numbers, 6000));
};

const publishOf = (numbers: Numbers, level: Level): Buffer => {
  const qos = below(numbers, 3);
  const asked = { qos, id: packetId(numbers), dup: qos > 0 && often(numbers, 0.2), retain: often(numbers, 0.1) };
  if (level !== 5) return bytes.publish(usually(numbers, topics, badTopics), payloadOf(numbers), asked);
  const list = propertiesOf(numbers, 'publish');
  if (often(numbers, 0.15)) list.push(bytes5.property.topicAlias(1 + below(numbers, 9)));
  else return bytes5.publish5(usually(numbers, topics, badTopics), payloadOf(numbers), { ...asked, with: list });
  const topic = often(numbers, 0.5) ? '' : oneOf(numbers, topics);
  return bytes5.publish5(topic, payloadOf(numbers), { ...asked, with: list });
};

const subscribeOf = (numbers: Numbers, level: Level): Buffer => {
  const list = Array.from({ length: 1 + below(numbers, 3) }, () => {
    const options = below(numbers, 3) + (level === 5 ? 4 * below(numbers, 2) + 8 * below(numbers, 2) : 0);
    const handling = level === 5 ? 16 * below(numbers, 3) : 0;
    return [usually(numbers, filters, badFilters), options + handling] as const;
  });
  const id = packetId(numbers);
  return level === 5
    ? bytes5.subscribeWith({ id, with: propertiesOf(numbers, 'subscribe') }, ...list)
    : bytes.subscribeAs(id, ...list);
};

const unsubscribeOf = (numbers: Numbers, level: Level): Buffer => {
  const list = Array.from({ length: 1 + below(numbers, 2) }, () => usually(numbers, filters, badFilters));
  if (level !== 5) return bytes.unsubscribe(...list);
  return bytes5.unsubscribeWith({ id: packetId(numbers), with: propertiesOf(numbers, 'unsubscribe') }, ...list);
};

const acknowledgements = [bytes.puback, bytes.pubrec, bytes.pubrel, bytes.pubcomp];

/** With ids that the server may never have used. */
const acknowledgementOf = (numbers: Numbers, level: Level): Buffer => {
  const type = oneOf(numbers, acknowledgements);
  const id = packetId(numbers);
  if (level !== 5 || often(numbers, 0.5)) return bytes.answer(type, id);
  const reasons = type === bytes.puback || type === bytes.pubrec ? [0, 0x10, 0x80, 0x97] : [0, 0x92];
  return bytes5.answer5(type, id, oneOf(numbers, reasons), propertiesOf(numbers, 'acknowledgement'));
};

const disconnectOf = (numbers: Numbers, level: Level): Buffer =>
  level !== 5 || often(numbers, 0.3)
    ? bytes.disconnect
    : bytes5.disconnect5(oneOf(numbers, [0, 4, 0x80, 0x82]), propertiesOf(numbers, 'disconnect'));

/** Any packet but the first. */
export const packetOf = (numbers: Numbers, level: Level): Buffer => {
  const chance = numbers();
  if (chance < 0.5) return publishOf(numbers, level);
  if (chance < 0.65) return subscribeOf(numbers, level);
  if (chance < 0.7) return unsubscribeOf(numbers, level);
  if (chance < 0.75) return bytes.answer(bytes.pubrel, packetId(numbers));
  if (chance < 0.93) return acknowledgementOf(numbers, level);
  // What ends a connection is rare: what is sent behind it tries out little.
  if (chance < 0.995) return bytes.pingreq;
  if (chance < 0.998) return disconnectOf(numbers, level);
  if (level === 5 && chance < 0.999) return bytes5.auth(0x18, [bytes5.property.authenticationMethod('m')]);
  return connectOf(numbers, level);
};

/** Nothing that MQTT knows, under any first byte. */
export const noPacketOf = (numbers: Numbers): Buffer =>
  often(numbers, 0.5)
    ? randomBytes(numbers, 1 + below(numbers, 60))
    : bytes.packet(below(numbers, 256), randomBytes(numbers, below(numbers, 30)));
