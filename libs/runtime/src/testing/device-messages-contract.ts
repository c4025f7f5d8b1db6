/** What every way down to devices keeps, whether a device acknowledges or a broker. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delivery, DeviceMessage } from '../device-messages.ts';
import type { OpenDeviceMessages } from './device-messages-contract-kit.ts';
import { retainedByPlenum } from './device-messages-contract-retained.ts';

export const deviceMessagesContract = (name: string, open: OpenDeviceMessages, skip: string | false = false): void => {
  describe(`messages to devices by ${name}`, { skip, timeout: 120_000 }, () => {
    for (const qos of [1, 2] as const) {
      it(`of QoS ${qos} are delivered with all that they carry, and whose word that is is said`, async (t) => {
        const { messages, by, device } = await open(t);
        const node = await device('c/#');
        const properties = {
          contentType: 'application/json',
          responseTopic: 'answers/1',
          correlationData: Buffer.from([0, 255]),
          userProperties: [
            ['command', 'a'],
            ['command', 'b'],
            ['id', '1'],
          ],
        } as const;
        const delivery = await messages.publish({ ...message('c/node', 'calibrate'), qos, properties });
        assert.deepEqual(delivery, { outcome: 'delivered', by } satisfies Delivery);
        const { messageExpiryS, ...received } = await node.received();
        assert.deepEqual(received, { topic: 'c/node', payload: 'calibrate', qos, retain: false, properties });
        assert.ok(messageExpiryS === 19 || messageExpiryS === 20, `${messageExpiryS} s are left of 20`);
      });
    }

    it('are tried for 24 days when they may be for longer', async (t) => {
      const { messages, by, device } = await open(t);
      const node = await device('c/#');
      const delivery = await messages.publish({ ...message('c/node', 'x'), expiryMs: Number.MAX_SAFE_INTEGER });
      assert.deepEqual(delivery, { outcome: 'delivered', by });
      const { messageExpiryS = 0 } = await node.received();
      const daysS = 2_147_484;
      assert.ok(messageExpiryS <= daysS && messageExpiryS > daysS - 20, `${messageExpiryS} s are left of ${daysS}`);
    });

    it('for which nobody is there are sent to nobody, and not kept', async (t) => {
      const { messages, device } = await open(t);
      assert.deepEqual(await messages.publish(message('c/node', 'early')), { outcome: 'not-connected' });
      const node = await device('c/#');
      assert.deepEqual(await messages.publish(message('d/node', 'elsewhere')), { outcome: 'not-connected' });
      await messages.publish(message('c/node', 'in time'));
      assert.equal((await node.received()).payload, 'in time');
    });

    it('that are refused say with which reason, and leave those behind them alone', async (t) => {
      const { messages, by, device, refusing } = await open(t);
      await device('c/#');
      const published = [refusing.topic, 'c/node', refusing.topic].map((topic) =>
        messages.publish(message(topic, 'x')),
      );
      const refused: Delivery = { outcome: 'refused', by, reason: refusing.reason };
      assert.deepEqual(await Promise.all(published), [refused, { outcome: 'delivered', by }, refused]);
    });

    it('come in the order in which they were published, many at a time', async (t) => {
      const { messages, device } = await open(t);
      const node = await device('c/#');
      const texts = Array.from({ length: 300 }, (_, n) => `${n}`);
      const published = texts.map((text) => messages.publish(message('c/node', text)));
      for (const text of texts) assert.equal((await node.received()).payload, text);
      const outcomes = (await Promise.all(published)).map(({ outcome }) => outcome);
      assert.deepEqual(new Set(outcomes), new Set(['delivered']));
    });

    it('expire that nobody acknowledges in their time', async (t) => {
      const { messages, device, silence } = await open(t);
      await device('c/#');
      await messages.publish(message('c/node', 'heard'));
      silence();
      const published = [1, 2].map((qos) =>
        messages.publish({ ...message('c/node', 'x'), expiryMs: 50, qos: qos as 1 | 2 }),
      );
      assert.deepEqual(await Promise.all(published), [{ outcome: 'expired' }, { outcome: 'expired' }]);
    });

    it('are settled at the end, and nothing is sent from then on', async (t) => {
      const { messages, device, silence, close } = await open(t);
      await device('c/#');
      await messages.publish(message('c/node', 'heard'));
      silence();
      const published = [messages.publish(message('c/node', 'x')), messages.publish(message('c/node', 'y'))];
      await close();
      assert.deepEqual(await Promise.all(published), [{ outcome: 'expired' }, { outcome: 'expired' }]);
      assert.deepEqual(await messages.publish(message('c/node', 'late')), { outcome: 'not-connected' });
    });

    it('under a topic that is none are a mistake of who publishes them', async (t) => {
      const { messages } = await open(t);
      for (const topic of ['', 'c/+', '#', 'c/\0', 'c/\ud800', 'c'.repeat(65_536)]) {
        await assert.rejects(messages.publish(message(topic, 'x')), RangeError);
      }
    });

    retainedByPlenum(open);
  });
};

/** With time enough for a busy machine. */
const message = (topic: string, text: string): DeviceMessage => ({
  topic,
  payload: Buffer.from(text),
  expiryMs: 20_000,
});
