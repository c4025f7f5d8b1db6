/** Wills: MQTT 5, 3.1.2.5, 3.1.3.2 and 3.14.4. */
import { packet, pingreq } from '../bytes.ts';
import { type Connect5, connect5, disconnect5, property, publish5, subscribe5 } from '../bytes5.ts';
import { butMosquitto, hears, isCut, passes, script, sends } from '../script.ts';
import { enters5, kept, listens5 } from './enter5.ts';

const watcher = listens5('w', ['#', 2]);
const delayed = (seconds: number, asked: Connect5 = {}): Connect5 => ({
  ...asked,
  will: { topic: 't', message: 'gone', with: [property.willDelay(seconds)] },
});
const will = { topic: 't', message: 'gone' } as const;
const gone = 'publish t "gone" qos 0';

export const will5Scripts = [
  script(
    'is published when the connection breaks [MQTT-3.1.2-7] [MQTT-3.1.2-8]',
    watcher,
    enters5('a', { will }),
    isCut('a'),
    hears('w', gone),
  ),
  script(
    'once only [MQTT-3.1.2-10]',
    watcher,
    enters5('a', { will }),
    isCut('a'),
    hears('w', gone),
    enters5('a'),
    isCut('a'),
  ),
  script(
    'is not published after DISCONNECT [MQTT-3.14.4-3]',
    watcher,
    enters5('a', { will }),
    sends('a', disconnect5()),
    hears('a', 'closed'),
  ),
  script(
    'is published after DISCONNECT with reason 0x04',
    watcher,
    enters5('a', { will }),
    sends('a', disconnect5(0x04)),
    hears('a', 'closed'),
    hears('w', gone),
  ),
  script(
    'is published after DISCONNECT with an error',
    watcher,
    enters5('a', { will }),
    sends('a', disconnect5(0x81)),
    hears('a', 'closed'),
    butMosquitto(hears('w', gone), 'It does so for 0x04 only.'),
  ),
  script(
    'is published when its client breaks the protocol',
    watcher,
    enters5('a', { will }),
    sends('a', packet(0x00)),
    butMosquitto(hears('a', 'disconnect 0x81', 'closed'), 'It says 0x82.', 'disconnect 0x82', 'closed'),
    hears('w', gone),
  ),
  script(
    'is published when its connection is taken over',
    watcher,
    enters5('a', { will }),
    sends('b', connect5('a')),
    hears('b', 'connack 0x00'),
    butMosquitto(hears('a', 'disconnect 0x8e', 'closed'), 'It closes the old connection without a word.', 'closed'),
    hears('w', gone),
  ),
  ...[0, 1, 2].map((qos) =>
    script(
      `of QoS ${qos}`,
      watcher,
      enters5('a', { will: { ...will, qos } }),
      isCut('a'),
      hears('w', `publish t "gone" qos ${qos}${qos === 0 ? '' : ' m1'}`),
    ),
  ),
  script(
    'has its properties [MQTT-3.1.3-10]',
    watcher,
    enters5('a', {
      will: {
        ...will,
        with: [
          ...[property.payloadFormat(1), property.messageExpiry(60), property.contentType('c')],
          ...[
            property.responseTopic('r'),
            property.correlationData('x'),
            property.user('b', '1'),
            property.user('a', '2'),
          ],
        ],
      },
    }),
    isCut('a'),
    hears('w', `${gone} format 1 expiry ~60 type "c" response "r" correlation "x" user b=1 user a=2`),
  ),
  script(
    'is retained when that was asked for [MQTT-3.1.2-15]',
    watcher,
    enters5('a', { will: { ...will, retain: true } }),
    isCut('a'),
    hears('w', gone),
    sends('b', connect5('b'), subscribe5(['t', 0])),
    hears('b', 'connack 0x00', 'suback 1: 0', `${gone} retain`),
  ),
  script(
    'is not retained otherwise [MQTT-3.1.2-14]',
    watcher,
    enters5('a', { will }),
    isCut('a'),
    hears('w', gone),
    listens5('b', ['t', 0]),
  ),
  script(
    'an empty one that is retained takes away what was retained',
    enters5('p'),
    watcher,
    sends('p', publish5('t', 'old', { retain: true })),
    hears('p', 'puback 1'),
    hears('w', 'publish t "old" qos 1 m1'),
    enters5('a', { will: { topic: 't', retain: true } }),
    isCut('a'),
    hears('w', 'publish t "" qos 0'),
    listens5('b', ['t', 0]),
  ),
  script(
    'waits for its delay',
    watcher,
    enters5('a', delayed(1, kept)),
    isCut('a'),
    sends('w', pingreq),
    hears('w', 'pingresp'),
    hears('w', gone),
  ),
  script(
    'is not published when its client comes back before [MQTT-3.1.3-9]',
    watcher,
    enters5('a', delayed(1, kept)),
    isCut('a'),
    enters5('a', kept, 'connack 0x00 present'),
    passes(2100),
    sends('w', pingreq),
    hears('w', 'pingresp'),
  ),
  script(
    'is published at once when its session ends with the connection, whatever its delay',
    watcher,
    enters5('a', delayed(3600)),
    isCut('a'),
    butMosquitto(hears('w', gone), 'It waits for the delay.'),
  ),
  script(
    'is published when its session ends before its delay has passed',
    watcher,
    enters5('a', delayed(3600, { with: [property.sessionExpiry(1)] })),
    isCut('a'),
    hears('w', gone),
  ),
  script(
    'is published when a new session takes the place of the one that waits',
    watcher,
    enters5('a', delayed(3600, kept)),
    isCut('a'),
    enters5('a'),
    butMosquitto(hears('w', gone), 'It drops the will.'),
  ),
  script(
    'a delay is not passed on, and DISCONNECT takes away a delayed will as well',
    watcher,
    enters5('a', delayed(1, kept)),
    sends('a', disconnect5()),
    hears('a', 'closed'),
    passes(2100),
    sends('w', pingreq),
    hears('w', 'pingresp'),
  ),
  script(
    'with reason 0x04 a delayed will waits, too',
    watcher,
    enters5('a', delayed(1, kept)),
    sends('a', disconnect5(0x04)),
    hears('a', 'closed'),
    sends('w', pingreq),
    hears('w', 'pingresp'),
    hears('w', gone),
  ),
];
