/** The device of `deviceMessagesContract` as a raw client: it takes what it is sent, unless it refuses or has gone silent. */
import type { TestContext } from 'node:test';
import type { ContractDevice, SentToDevice } from '@plenum/runtime/testing';
import type { IPublishPacket } from 'mqtt-packet';
import { rawDevice } from './raw-device.ts';

export type Answering = {
  /** A reason for what is refused. */
  readonly reasonOf?: (topic: string) => number;
  readonly isSilent?: () => boolean;
};

let devices = 0;

export const contractDevice = async (
  t: TestContext,
  port: number,
  filter: string,
  { reasonOf = () => 0, isSilent = () => false }: Answering = {},
): Promise<ContractDevice> => {
  devices += 1;
  const device = await rawDevice(port, { clientId: `device-${devices}`, filter });
  t.after(device.kill);
  const received: SentToDevice[] = [];
  let asking: PromiseWithResolvers<SentToDevice> | undefined;
  const take = (packet: IPublishPacket): void => {
    if (asking === undefined) received.push(sentOf(packet));
    else asking.resolve(sentOf(packet));
    asking = undefined;
    const { qos, topic, messageId = 0 } = packet;
    if (qos === 1) device.puback(messageId, reasonOf(topic));
    if (qos === 2) device.pubrec(messageId, reasonOf(topic));
  };
  const run = async (): Promise<void> => {
    for (;;) {
      const packet = await device.next();
      if (isSilent()) continue;
      if (packet.cmd === 'publish') take(packet);
      if (packet.cmd === 'pubrel') device.send({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
    }
  };
  run().catch(() => undefined); // Until its connection ends.
  return {
    received: () => {
      const first = received.shift();
      if (first !== undefined) return Promise.resolve(first);
      asking = Promise.withResolvers();
      return asking.promise;
    },
  };
};

const sentOf = ({ topic, payload, qos, retain, properties = {} }: IPublishPacket): SentToDevice => {
  const { messageExpiryInterval, userProperties, correlationData, contentType, responseTopic } = properties;
  const pairs = Object.entries(userProperties ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  );
  return {
    ...{ topic, payload: payload.toString(), qos, retain, messageExpiryS: messageExpiryInterval },
    properties: {
      ...(contentType !== undefined && { contentType }),
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlationData !== undefined && { correlationData }),
      ...(pairs.length > 0 && { userProperties: pairs }),
    },
  };
};
