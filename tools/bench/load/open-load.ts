/** The one load generator of a measurement: a process that lives until the end, because it takes long to prepare. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../machine/member.ts';
import type { World } from '../world.ts';
import type { Count, Prepare } from './mqtt-load.ts';

const traffic: Prepare = { connections: 200, messagesPerConnection: 500 };
/** Messages in flight on a connection. */
export const window = 100;
const lookEveryMs = 50;

/** Settles when this many messages have been acknowledged since the load began. */
export const acknowledgedBy = async (load: Member, messages: number): Promise<void> => {
  for (let count = 0; count < messages; ) {
    await sleep(lookEveryMs);
    ({ acknowledged: count } = await load.ask<Count>('count'));
  }
};

export const mqttLoad = (world: World): Promise<Member> =>
  world.lasting({ name: 'load', program: 'load/mqtt-load.ts' }, async (member) => {
    const bytes = await member.ask<number>('prepare', traffic);
    world.tell(
      `load: ${traffic.connections} connections, ${window} messages in flight each, ${Math.round(bytes)} bytes a payload`,
    );
  });
