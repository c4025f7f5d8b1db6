/**
 * Mosquitto to PUBACK: what waits in a session is fetched, decoded and made durable, beside the same client that
 * acknowledges at once. The messages wait in the session before anything is measured, so Mosquitto sends as fast as it is
 * acknowledged and nothing else has to run meanwhile.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { ConnectorCounts } from '@plenum/mqtt';
import type { IngestBalance } from '@plenum/runtime';
import type { Measured, RatioBench } from '../bench.ts';
import { acknowledgedBy, mqttLoad, window } from '../load/open-load.ts';
import { connectPacket } from '../load/packets.ts';
import type { Member } from '../machine/member.ts';
import type { Milestone } from '../machine/milestones.ts';
import type { LogPlace } from '../machine/place.ts';
import { type Watched, watchUsage } from '../machine/usage.ts';
import type { World } from '../world.ts';
import { placeOfFreshLog, recordsIn, watchedOfLog } from './log-places.ts';

/** Messages that wait in the session, and how many of them are fetched before anything is measured. */
const waiting = 200_000;
const warmUp = 40_000;

export const ingestConnect: RatioBench = {
  kind: 'ratio',
  name: 'ingest-connect',
  about: 'Mosquitto (as it is shipped) to decoded, durable, PUBACK',
  unit: 'messages/s',
  logs: ['postgres', 'kafka'],
  subject: async (world, settings) => {
    const log = await placeOfFreshLog(world, settings.log);
    const others = await watchedOfLog(world, settings.log, 'empty');
    const before = await recordsIn(world, log);
    const { messages, ...measured } = await fetchSession(world, { program: 'sides/bridge.ts', log, others });
    const inLog = (await recordsIn(world, log)) - before;
    if (inLog !== messages) throw new Error(`${messages} messages were published, and ${inLog} are in the log`);
    return measured;
  },
  // What the decoding takes is held against Plenum as well.
  against: [
    {
      name: 'client, decoding',
      about: 'the same client, which decodes the same way, acknowledging at once and keeping nothing',
      atLeast: 0.5,
      aim: 0.75,
      run: (world) => fetchSession(world, { ...bareSide, decodes: true }),
    },
    {
      name: 'client',
      about: 'the same client, which looks at no message, acknowledging at once and keeping nothing',
      atLeast: 0.5,
      aim: 0.75,
      run: (world) => fetchSession(world, { ...bareSide, decodes: false }),
    },
  ],
};

type Fetching = {
  readonly program: string;
  readonly log: LogPlace | undefined;
  readonly others: readonly Watched[];
  readonly decodes?: boolean;
};
const bareSide: Fetching = { program: 'sides/connect-bare.ts', log: undefined, others: [] };
type Fetched = Measured & { readonly messages: number };

let sessions = 0;

const fetchSession = async (world: World, side: Fetching): Promise<Fetched> => {
  const mosquitto = await world.mosquitto();
  sessions += 1;
  const broker = { port: mosquitto.port, clientId: `bench-session-${sessions}` };
  const parameters = { broker, log: side.log, decodes: side.decodes };
  // The first to come opens the session and leaves; it is kept for the second.
  const first = await world.tool({ name: 'opens', program: side.program });
  await first.ask('start', parameters);
  await first.ask('finish');
  await first.stop();
  const messages = await fillSession(world, broker.port);

  const client = await world.member({ name: 'client', program: side.program });
  try {
    const reached = (count: number): Promise<Milestone> => client.ask<Milestone>('reached', { count });
    const starting = client.ask('start', parameters);
    const from = await reached(warmUp);
    const usageSince = watchUsage([client, mosquitto.watched, ...side.others]);
    const to = await reached(messages);
    const usage = usageSince();
    await starting;
    const balance = await client.ask<IngestBalance | undefined>('finish');
    if (side.log !== undefined) await checkSession(client, { messages, received: balance?.received });
    const perSecond = ((messages - warmUp) / (to.atMs - from.atMs)) * 1000;
    const [ofClient, ofMosquitto] = usage.processes;
    // Either of the two at its limit is all that this pair can do.
    return { perSecond, usage, messages, saturation: Math.max(ofClient?.busyShare ?? 0, ofMosquitto?.busyShare ?? 0) };
  } finally {
    await client.stop();
    await endSession(broker);
  }
};

/** A session that stays would get every message of the runs to come, and Mosquitto write them all to its disk. */
const endSession = async ({ port, clientId }: { readonly port: number; readonly clientId: string }): Promise<void> => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(connectPacket(clientId));
  await once(socket, 'data');
  socket.destroy();
};

/** A rate at which messages come twice would be no rate: a backlog is fetched once, by one connection. */
const checkSession = async (client: Member, counted: { readonly messages: number; readonly received: unknown }) => {
  const { opened, ended, redelivered } = await client.ask<ConnectorCounts>('session');
  if (counted.received === counted.messages && opened === 1 && ended === 0 && redelivered === 0) return;
  throw new Error(`not once, by one connection: ${JSON.stringify({ ...counted, opened, ended, redelivered })}`);
};

const fillSession = async (world: World, port: number): Promise<number> => {
  const load = await mqttLoad(world);
  await load.ask('open', { port });
  await load.ask('begin', { window });
  await acknowledgedBy(load, waiting);
  const messages = await load.ask<number>('finish');
  await load.ask('close');
  return messages;
};
