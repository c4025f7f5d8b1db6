/**
 * Whatever is appended when, and however often clients are cut off and come back: each is sent every event that it asked for
 * since it first was live, in the order of each partition, and none twice. The log is in memory, and chance has a seed.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { avroCodec } from '@plenum/avro';
import { events, streams, topics } from '@plenum/catalogue';
import type { Event } from '@plenum/event';
import type { LiveConnection } from '@plenum/http';
import { type Chance, chance, type MemoryLog, memoryLog, silentLogger } from '@plenum/runtime/testing';
import { eventOf } from '../testing/world.ts';
import { streamHub } from './hub.ts';
import { matches, type Wanted } from './wanted.ts';

const codec = avroCodec(events);
const seeds = Array.from({ length: 25 }, (_, seed) => seed + 1);

const kindOf = (kind: string) => streams.find((one) => one.kind === kind) ?? assert.fail(kind);
const [readings, reports] = [kindOf('readings'), kindOf('node-reports')];
const none: ReadonlySet<string> = new Set();
const wishes: readonly Wanted[] = [
  { kinds: [readings], types: none, filters: new Map() },
  { kinds: [readings], types: none, filters: new Map([['node_id', new Set(['node_1', 'node_2'])]]) },
  { kinds: [readings, reports], types: none, filters: new Map([['node_id', new Set(['node_0'])]]) },
  { kinds: [reports], types: new Set(['plenum.ceiling.NodeStatusReported']), filters: new Map() },
];

/** Two that say the same would be one event. */
const made = ({ below }: Chance, serial: number): Event => {
  const node = `node_${below(4)}`;
  const isReading = below(3) > 0;
  const timestamp = new Date(1_772_615_702_118 + serial).toISOString();
  const said = isReading
    ? { sensor_type: 'temperature', value: below(100), unit: '°C', location: { x: 1, y: 2, z: 3 }, timestamp }
    : { status: 'online', battery_level: below(100), last_seen: timestamp };
  const topic = isReading ? `ceiling/sensors/${node}_temperature/data` : `ceiling/nodes/${node}/status`;
  const receivedTimeUs = (1_772_615_702_118 + Math.floor(serial / 3)) * 1_000;
  return eventOf({ topic, payload: Buffer.from(JSON.stringify(said)), receivedTimeUs });
};

/** Keeps what it is sent, and is cut off where chance will have it: what was written last is then not seen. */
const connectionOf = (seen: (text: string) => void) => {
  const closing = new AbortController();
  const connection: LiveConnection = {
    write: (bytes) => {
      if (!closing.signal.aborted) seen(Buffer.from(bytes).toString());
    },
    waiting: () => 0,
    drained: () => nextTurn(),
    end: () => closing.abort(),
    closed: closing.signal,
  };
  return { connection, cut: () => closing.abort() };
};

const client = (wanted: Wanted) => {
  const got: string[] = [];
  let [lastId, isLive, resyncs] = [undefined as string | undefined, false, 0];
  let cut = (): void => undefined;
  const take = (text: string, framesMax: number): void => {
    for (const frame of text.split('\n\n').slice(0, framesMax)) {
      const id = /^id: (.+)$/m.exec(frame)?.[1];
      const event = /^event: (.+)$/m.exec(frame)?.[1];
      if (event === 'ready') isLive = true;
      if (event === 'resync') resyncs += 1;
      const data = /^data: (.+)$/m.exec(frame)?.[1];
      if (data !== undefined && event !== 'ready' && event !== 'resync') got.push(JSON.parse(data).event_id);
      lastId = id ?? lastId;
    }
  };
  return {
    wanted,
    got,
    isLive: () => isLive,
    resyncs: () => resyncs,
    /** Cut off in the middle of the piece number `cutAt`, if that comes. */
    join: (hub: ReturnType<typeof streamHub>, cutAt: number, framesMax: number) => {
      cut();
      let pieces = 0;
      const { connection, cut: end } = connectionOf((text) => {
        pieces += 1;
        if (pieces < cutAt) return take(text, Number.POSITIVE_INFINITY);
        take(text, framesMax);
        end();
      });
      cut = end;
      isLive = false;
      hub.join({ wanted, shownBy: undefined, lastId, identity: undefined, shown: undefined, connection });
      return connection.closed;
    },
  };
};

/** What the client asked for of one partition, from an offset to the end. */
const expectedOf = async (log: MemoryLog, wanted: Wanted, place: Place): Promise<readonly string[]> => {
  const ids: string[] = [];
  const to = (await log.positions(place.topic))[place.partition]?.next ?? 0n;
  for await (const { records } of log.read({ ...place, to })) {
    for (const record of records) {
      const known = codec.decode(record);
      assert.ok(known.outcome === 'event');
      const { event } = known;
      const kind = wanted.kinds.find((one) => one.events.some(({ type }) => type === event.type));
      if (kind !== undefined && matches(wanted, kind, event)) ids.push(event.id);
    }
  }
  return ids;
};

type Place = { readonly topic: string; readonly partition: number; readonly from: bigint };

const placesNow = async (log: MemoryLog): Promise<readonly Place[]> => {
  const names = new Set([readings, reports].flatMap((kind) => kind.events.map(({ topic }) => topic)));
  const all = [...names].map(async (topic) =>
    (await log.positions(topic)).map(({ partition, next }) => ({ topic, partition, from: next })),
  );
  return (await Promise.all(all)).flat();
};

const endless = Number.POSITIVE_INFINITY;

for (const seed of seeds) {
  it(`seed ${seed}: each client is sent what it asked for, once and in order`, async () => {
    const draw = chance(seed);
    const log = memoryLog(topics, { batchRecordsMax: () => 1 + draw.below(5) });
    const hub = streamHub({
      ...{ log, codec, logger: silentLogger, kinds: streams, authenticator: 'off' as const, lookMs: 0 },
      shownUntil: async () => [],
      limits: {
        clientsMax: 100,
        clientsOfOneMax: 100,
        waitingBytesMax: draw.happens(0.5) ? 1_000 : 1_000_000,
        missedMax: 1_000_000,
      },
    });
    const clients = wishes.flatMap((wanted) => [client(wanted), client(wanted)]);
    let serial = 0;
    const append = async (): Promise<void> => {
      const some = Array.from({ length: 1 + draw.below(6) }, () => made(draw, (serial += 1)));
      await log.append(some.map((event) => codec.encode(event)));
    };
    await append();
    const ends = new Map(clients.map((one) => [one, one.join(hub, endless, endless)]));
    while (!clients.every((one) => one.isLive())) await nextTurn();
    const begins = await placesNow(log);

    for (let step = 0; step < 80; step += 1) {
      if (draw.happens(0.7)) await append();
      if (draw.happens(0.3)) await pause(1);
      for (let turn = draw.below(4); turn > 0; turn -= 1) await nextTurn();
      const one = clients[draw.below(clients.length)] ?? assert.fail('there are clients');
      if (draw.happens(0.5) || ends.get(one)?.aborted === true)
        ends.set(one, one.join(hub, 1 + draw.below(6), draw.below(4)));
    }
    for (const one of clients) one.join(hub, endless, endless);
    const expected = await Promise.all(
      clients.map(({ wanted }) => Promise.all(begins.map((place) => expectedOf(log, wanted, place)))),
    );
    const isShort = (index: number): boolean =>
      (clients[index]?.got.length ?? 0) < (expected[index] ?? []).flat().length;
    for (let looks = 0; looks < 300 && clients.some((_, index) => isShort(index)); looks += 1) await pause(5);
    await hub.close();

    for (const [index, { got, resyncs }] of clients.entries()) {
      assert.equal(resyncs(), 0);
      for (const ids of expected[index] ?? []) {
        const own = new Set(ids);
        const sent = got.filter((id) => own.has(id));
        assert.deepEqual(sent, ids, `client ${index}`);
      }
      assert.equal(got.length, (expected[index] ?? []).flat().length, `client ${index} got what it did not ask for`);
    }
    assert.ok((clients[0]?.got.length ?? 0) > 50, 'too little was sent to prove anything');
  });
}
