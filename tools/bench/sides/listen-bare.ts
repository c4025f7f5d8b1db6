/** The MQTT listener by itself: it acknowledges at once, and keeps nothing but who is connected. */
import { collectSooner } from '@plenum/assembly';
import { timeId } from '@plenum/event';
import { type MqttListener, mqttListener } from '@plenum/mqtt';
import { memorySessions } from '@plenum/runtime/testing';
import { loudLogger } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { keepsNothing } from './keeps-nothing.ts';

let answered = 0;
let listener: MqttListener | undefined;

/** Settles with the port that devices connect to. */
const start = async (): Promise<number> => {
  collectSooner('bridge');
  listener = await mqttListener({
    tcp: { host: '127.0.0.1', port: 0 },
    ingest: keepsNothing({
      look: () => 1,
      answered: (messages) => {
        answered += messages;
      },
    }),
    sessions: memorySessions().open(),
    clock: { nowUs: () => Date.now() * 1000 },
    newId: (timeUs) => timeId(timeUs / 1000, Buffer.alloc(16)),
    logger: loudLogger,
  });
  return listener.tcp?.port ?? 0;
};

serve({ start, answered: () => answered }, async () => {
  await listener?.close();
});
