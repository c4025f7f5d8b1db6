/** What a new subscriber gets at once: what is retained at a bridge. */
import { rawConnected } from '@plenum/mqtt/testing';
import type { At } from './kept-client.ts';

/** By topic. */
export const retainedAt = async ({ name, port }: At, filter: string): Promise<ReadonlyMap<string, string>> => {
  const client = await rawConnected(port, { clientId: `chaos-new-at-${name}`, clean: true });
  const found = new Map<string, string>();
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 0 }] });
  for (let packet = await client.next(); packet.cmd !== 'pingresp'; packet = await client.next()) {
    // What is retained follows the SUBACK at once, so it comes before the answer to what is asked then.
    if (packet.cmd === 'suback') client.send({ cmd: 'pingreq' });
    if (packet.cmd === 'publish' && packet.retain) found.set(packet.topic, packet.payload.toString());
  }
  client.send({ cmd: 'disconnect' });
  await client.closed;
  return found;
};
