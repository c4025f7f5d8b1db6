/**
 * The same strange packets to the listener and to a Mosquitto, each as a client's first or second. What Mosquitto refuses must
 * not be taken; what is refused here and not there is counted by its reason.
 */
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { testMosquitto } from '@plenum/local-mosquitto/testing';
import { mqttListener } from '@plenum/mqtt';
import { bytes, bytes5, type ClientPacket, packetReader } from '@plenum/mqtt/testing';
import { ingest } from '@plenum/runtime';
import { memorySessions, plainCodec, plainTranslator, silentLogger } from '@plenum/runtime/testing';
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { below, oneOf } from '../mutate.ts';
import type { FuzzTarget } from '../target.ts';
import { forgetfulLog } from './forgetful-log.ts';
import type { MqttAsked } from './fuzz-mqtt.ts';
import { mutatedPackets } from './mutate-packets.ts';
import { connectOf, type Level, packetOf } from './packets.ts';

const atOnce = 64;

/** Every connection counts as an input. @throws when there is no Mosquitto. */
export const fuzzMosquitto = async (
  { inputs, seed, tell = () => undefined }: MqttAsked,
  { progress, failed, stop }: FuzzTarget,
): Promise<void> => {
  const ends: (() => unknown)[] = [];
  // All that it uses of a test.
  const { port } = await testMosquitto({ after: (end: () => unknown) => void ends.push(end) } as TestContext, {
    tcpOnly: true,
  });
  const listener = await openListener();
  ends.push(() => listener.close());
  const compared = async (packets: readonly Buffer[]): Promise<readonly [here: Ended, there: Ended]> =>
    Promise.all([endingOf(listener.tcp?.port ?? 0, packets), endingOf(port, packets)]);
  const differences = new Map<string, number>();
  let n = 0;
  const worker = async (): Promise<void> => {
    while (n < inputs && !stop.aborted) {
      n += 1;
      const packets = packetsOf(seededNumbers(Math.imul(seed + 1, 0x9e37_79b1) ^ n), n);
      const first = await compared(packets);
      // Who is busy may be silent for a while.
      const [here, there] = first[0] === first[1] ? first : await compared(packets);
      progress(1);
      const shown = packets.map((packet) => packet.toString('hex'));
      if (here === there) continue;
      const reason = `${problemOf(packets)}: here it is ${here}, by Mosquitto ${there}`;
      const known = there === 'closed' ? knownOf(packets) : reason;
      if (known === undefined) failed({ target: 'mosquitto', problem: `${reason}: ${shown.join(' ')}`, input: shown });
      else {
        if (!differences.has(known)) tell(`${known}, such as ${shown.join(' ').slice(0, 200)}`);
        differences.set(known, (differences.get(known) ?? 0) + 1);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  }
  for (const [reason, count] of [...differences].toSorted(([, a], [, b]) => b - a)) tell(`${count} times ${reason}`);
};

const openListener = () => {
  let ids = 0;
  return mqttListener({
    ingest: ingest({ log: forgetfulLog(), codec: plainCodec, translator: plainTranslator, logger: silentLogger }),
    sessions: memorySessions().open(),
    newId: () => `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`,
    tcp: { host: '127.0.0.1', port: 0 },
    clock: { nowUs: () => Date.now() * 1000 },
    logger: silentLogger,
  });
};

/** A client of its own: what others have left does not matter. */
const packetsOf = (numbers: Numbers, n: number): readonly Buffer[] => {
  const level: Level = oneOf(numbers, [3, 4, 5, 5] as const);
  if (numbers() < 0.4) return mutatedPackets(numbers, [connectOf(numbers, level)]).slice(0, 1);
  const first =
    level === 5
      ? bytes5.connect5(`m${n}`)
      : bytes.connect(`m${n}`, level === 3 ? { protocol: 'MQIsdp', level: 3 } : {});
  const second = packetOf(numbers, level);
  return [first, ...(below(numbers, 4) === 0 ? [second] : mutatedPackets(numbers, [second]).slice(0, 1))];
};

type Ended = 'closed' | 'open' | 'silent';

/** `open`: it answers a ping behind them. `silent`: it waits for more, or says nothing. */
const endingOf = (port: number, packets: readonly Buffer[]): Promise<Ended> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let last = Buffer.alloc(0);
    const end = (ending: Ended): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(ending);
    };
    const late = setTimeout(() => end('silent'), silentAfterMs);
    socket.on('error', () => undefined);
    socket.on('close', () => end('closed'));
    socket.on('end', () => end('closed'));
    socket.on('data', (chunk: Buffer) => {
      last = Buffer.concat([last, chunk]).subarray(-2);
      if (last.equals(pingresp)) end('open');
    });
    socket.write(Buffer.concat([...packets, bytes.pingreq]));
  });

const pingresp = Buffer.from([0xd0, 0]);
const silentAfterMs = 1500;

/** By our codec: what they are, and what is wrong with them, if anything is. */
const read = (packets: readonly Buffer[]) => {
  const reader = packetReader({ packetBytesMax: 256 * 1024 });
  const found: ClientPacket[] = [];
  try {
    for (const packet of [...packets, bytes.pingreq]) reader.push(packet);
    for (let packet = reader.next(); packet !== undefined; packet = reader.next()) {
      if (packet.type !== 'pingreq') found.push(packet);
      const badTopic = packet.type === 'publish' ? packet.badTopic : undefined;
      if (badTopic !== undefined) return { found, problem: `publish: ${badTopic.problem}` };
    }
  } catch (error) {
    return { found, problem: (error as Error).message };
  }
  return { found, problem: undefined };
};

const problemOf = (packets: readonly Buffer[]): string => {
  const { found, problem } = read(packets);
  return problem?.replaceAll(/\d+/g, 'n') ?? `a right ${found.at(-1)?.type ?? 'pingreq'}`;
};

/** Why it is known that Mosquitto refuses what is taken here. */
const knownOf = (packets: readonly Buffer[]): string | undefined => {
  const { found } = read(packets);
  if (found.some((packet) => textsOf(packet).some((text) => discouraged.test(text)))) {
    return 'taken here alone: text with control characters and noncharacters, which a server may refuse (5, 1.5.4)';
  }
  if (found.some((packet) => packet.type === 'publish' && (packet.properties?.topicAlias ?? 0) > theirAliasMaximum)) {
    return 'taken here alone: a topic alias above the maximum of Mosquitto and not above ours';
  }
  return packets[0]?.[8] === (5 | fromBridge)
    ? 'taken here alone: MQTT 5 with the bit by which Mosquitto bridges'
    : undefined;
};

const fromBridge = 0x80;
const theirAliasMaximum = 10;

/** What MQTT 5 says should not be in text. */
const discouraged =
  /[\u0001-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]|[\ud83f\ud87f\ud8bf\ud8ff\ud93f\ud97f\ud9bf\ud9ff\uda3f\uda7f\udabf\udaff\udb3f\udb7f\udbbf\udbff][\udffe\udfff]/;

const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.values(value).flatMap(textsOf);
};
