import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { newNodeKey } from '@plenum/credentials';
import type { AuthorizedNode } from '@plenum/device';
import { silentLogger } from '@plenum/runtime/testing';
import { isAnonymous, listenerAccess } from './listener-access.ts';

it('clients may be anonymous where only this machine reaches the listener, unless it is said', () => {
  const said = (MQTT_HOST: string, MQTT_ANONYMOUS?: boolean): boolean => isAnonymous({ MQTT_HOST, MQTT_ANONYMOUS });
  for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) assert.equal(said(host), true, host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'site']) assert.equal(said(host), false, host);
  assert.deepEqual([said('127.0.0.1', false), said('0.0.0.0', true)], [false, true]);
});

it('hears what is decided about a node, and finds what it did not hear, also after the table was away', async (t) => {
  const heard = world(t);
  const first = await heard.signedIn();
  heard.decide({ disabled: true }, 'heard');
  await first.ended;
  await heard.close();

  const unheard = world(t);
  const second = await unheard.signedIn();
  unheard.decide({ disabled: true }, 'unheard');
  await second.ended;

  unheard.decide({}, 'unheard');
  const third = await unheard.signedIn();
  unheard.failOnce();
  unheard.decide({ disabled: true }, 'unheard');
  await third.ended;
  await unheard.close();
  assert.equal(unheard.isListening(), false);
});

const { key, keyId, keyHash } = newNodeKey();
const enrolled: AuthorizedNode = {
  ...{ node_id: 'a', sensors: [], keys: { [keyId]: keyHash }, certificate: null, disabled: false },
};

/** A listener's access over a table with one node. It looks often; the time that it takes says nothing. */
const world = (t: TestContext) => {
  let [row, version, failures, listening] = [enrolled, 1, 0, true];
  let hear: (nodeId: string) => void = () => assert.fail('nobody listens');
  const { access = assert.fail(), close } = listenerAccess({
    config: { MQTT_HOST: '0.0.0.0' },
    nodes: {
      reads: {
        nodes: async () => [row],
        page: async () => [row],
        mark: async () => {
          failures -= 1;
          if (failures >= 0) throw new Error('away');
          return String(version);
        },
      },
      listen: (channel) => {
        hear = channel.hear;
        return {
          close: async () => {
            listening = false;
          },
        };
      },
    },
    logger: silentLogger,
    lookEveryMs: 1,
  });
  t.after(close);
  return {
    close,
    isListening: () => listening,
    failOnce: () => {
      failures = 1;
    },
    decide: (change: Partial<AuthorizedNode>, how: 'heard' | 'unheard') => {
      row = { ...enrolled, ...change };
      version += how === 'heard' ? 0 : 1;
      if (how === 'heard') hear('a');
    },
    /** Settles when the table is seen, which takes a look where the last one saw the node disabled. */
    signedIn: async () => {
      for (;;) {
        const asked = { clientId: 'a', userName: 'a', password: Buffer.from(key), certificate: undefined };
        const admission = await access(asked);
        if (!admission.admitted) {
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        const { ended } = admission.rights;
        return { ended: new Promise<void>((resolve) => ended?.addEventListener('abort', () => resolve())) };
      }
    },
  };
};
