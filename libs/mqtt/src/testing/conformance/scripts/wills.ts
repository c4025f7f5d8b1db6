/** Wills: MQTT 3.1.1, 3.1.2.5. */
import { type Connect, connect, disconnect, packet, publish, subscribe, type Text } from '../bytes.ts';
import { hears, isCut, script, sends } from '../script.ts';

const watcher = [sends('w', connect('w'), subscribe(['#', 1])), hears('w', 'connack 0', 'suback 1: 1')];
const enters = (will: Connect['will'], more: Connect = {}) => [
  sends('a', connect('a', { ...more, ...(will === undefined ? {} : { will }) })),
  hears('a', 'connack 0'),
];
const refused = (name: string, topic: Text) =>
  script(name, sends('a', connect('a', { will: { topic, message: 'x' } })), hears('a', 'closed'));

export const willScripts = [
  script(
    'is published when the connection breaks [MQTT-3.1.2-8]',
    watcher,
    enters({ topic: 't', message: 'gone', qos: 1 }),
    isCut('a'),
    hears('w', 'publish t "gone" qos 1 m1'),
  ),
  script(
    'of QoS 0',
    watcher,
    enters({ topic: 't', message: 'gone' }),
    isCut('a'),
    hears('w', 'publish t "gone" qos 0'),
  ),
  script('without content', watcher, enters({ topic: 't', qos: 1 }), isCut('a'), hears('w', 'publish t "" qos 1 m1')),
  script(
    'is published when its client breaks the protocol',
    watcher,
    enters({ topic: 't', message: 'gone' }),
    sends('a', packet(0xf0)),
    hears('a', 'closed'),
    hears('w', 'publish t "gone" qos 0'),
  ),
  script(
    'is published when its client publishes under a bad name',
    watcher,
    enters({ topic: 't', message: 'gone' }),
    sends('a', publish([0xff], 'm')),
    hears('a', 'closed'),
    hears('w', 'publish t "gone" qos 0'),
  ),
  script(
    'is not published after DISCONNECT [MQTT-3.1.2-10] [MQTT-3.14.4-3]',
    watcher,
    enters({ topic: 't', message: 'gone' }),
    sends('a', disconnect),
    hears('a', 'closed'),
  ),
  script(
    'is published when its connection is taken over',
    watcher,
    enters({ topic: 't', message: 'gone' }),
    sends('b', connect('a')),
    hears('b', 'connack 0'),
    hears('a', 'closed'),
    hears('w', 'publish t "gone" qos 0'),
  ),
  script(
    'is retained when that was asked for [MQTT-3.1.2-17]',
    watcher,
    enters({ topic: 't', message: 'gone', qos: 1, retain: true }),
    isCut('a'),
    hears('w', 'publish t "gone" qos 1 m1'),
    sends('b', connect('b'), subscribe(['t', 0])),
    hears('b', 'connack 0', 'suback 1: 0', 'publish t "gone" qos 0 retain'),
  ),
  script(
    'is not retained otherwise [MQTT-3.1.2-16]',
    watcher,
    enters({ topic: 't', message: 'gone' }),
    isCut('a'),
    hears('w', 'publish t "gone" qos 0'),
    sends('b', connect('b'), subscribe(['t', 0])),
    hears('b', 'connack 0', 'suback 1: 0'),
  ),
  script('is not there when none was given [MQTT-3.1.2-12]', watcher, enters(undefined), isCut('a')),
  refused('with # in its topic', 'a/#'),
  refused('with + in its topic', 'ceiling/nodes/+/status'),
  refused('with a null character in its topic', 'a\0b'),
  refused('without a topic', ''),
];
