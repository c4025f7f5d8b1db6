import { deviceMessagesContract } from '@plenum/runtime/testing';
import { contractDevice } from '../testing/contract-device.ts';
import { opened } from '../testing/listener-under-test.ts';

const refusing = { topic: 'refused/node', reason: 0x83 };

deviceMessagesContract('the MQTT listener', async (t) => {
  const listener = await opened(t);
  let silent = false;
  await contractDevice(t, listener.port, refusing.topic, { reasonOf: () => refusing.reason });
  return {
    messages: listener,
    by: 'device',
    device: (filter) => contractDevice(t, listener.port, filter, { isSilent: () => silent }),
    silence: () => {
      silent = true;
    },
    refusing,
    close: listener.close,
  };
});
