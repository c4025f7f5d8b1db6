/** The API over a real database, fed the way it is in earnest: messages become events, a log, and projected rows. */
import { hash, randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, projections, topics, translator } from '@plenum/catalogue';
import type { ReadingReportedData } from '@plenum/ceiling';
import { type Event, type Message, timeId, utc } from '@plenum/event';
import { postgresReadModelStore } from '@plenum/postgres';
import { testDatabase } from '@plenum/postgres/testing';
import { messageQuarantined } from '@plenum/quarantine';
import { type Build, buildOf, type Projection } from '@plenum/read-model';
import { projectBatch, showPersonal } from '@plenum/runtime';
import { memoryLog } from '@plenum/runtime/testing';
import type { FastifyInstance } from 'fastify';
import { preparedSql } from '../database/prepared-sql.ts';
import { readsOver } from '../reads.ts';
import { fakeApp, nowUs, silentLogger } from './fake-app.ts';

export type World = {
  readonly app: FastifyInstance;
  readonly url: string;
  /** One MQTT message: recorded, or quarantined when it is not understood. Received now unless said otherwise. */
  readonly say: (topic: string, body: object | string, receivedUs?: number) => Promise<Event>;
  /** A reading that no table takes, put into the log past the bridge, which takes nothing that is like that. */
  readonly plant: (topic: string, body: object) => Promise<Event>;
  /** What no message becomes. */
  readonly record: (...events: readonly Event[]) => Promise<void>;
  /** Brings everything in the log into the read models. */
  readonly project: () => Promise<void>;
  /** Builds another version of a projection from the start of the log, and lets queries see it. */
  readonly goOver: (later: Projection) => Promise<void>;
  /** The body of a GET that has to be answered with 200: JSON as it comes, and assertions say what is in it. */
  readonly get: (url: string) => Promise<ReturnType<typeof JSON.parse>>;
};

const codec = avroCodec(events);
const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);
const newId = (timeUs: number): string => timeId(timeUs / 1_000, randomBytes(16));

export const world = async (t: TestContext): Promise<World> => {
  const { pool, url } = await testDatabase(t);
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  const log = memoryLog(topics);
  for (const projection of projections.map((one) => buildOf(one)))
    await store.prepare(projection, partitionsOf(projection.topics));

  const say = async (topic: string, body: object | string, receivedUs = nowUs - (nowUs % 1_000)): Promise<Event> => {
    const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const event = eventOf({ topic, payload, receivedTimeUs: receivedUs });
    await log.append([codec.encode(event)]);
    return event;
  };
  const plant: World['plant'] = async (topic, body) => {
    const payload = Buffer.from(JSON.stringify(body));
    const said = eventOf({ topic, payload, receivedTimeUs: nowUs - (nowUs % 1_000) });
    const event = { ...said, data: { ...(said.data as ReadingReportedData), metadata: 'no JSON' } };
    await log.append([codec.encode(event)]);
    return event;
  };
  const record: World['record'] = async (...observed) => {
    await log.append(observed.map(codec.encode));
  };
  const projectInto = async (projection: Build): Promise<void> => {
    for (const at of partitionsOf(projection.topics)) {
      const from = await store.position(projection, at);
      const to = (await log.positions(at.topic))[at.partition]?.next ?? 0n;
      for await (const batch of log.read({ ...at, from, to })) await projectBatch({ store, codec, projection }, batch);
    }
  };
  const project = async (): Promise<void> => {
    for (const projection of projections.map((one) => buildOf(one))) await projectInto(projection);
  };
  const goOver = async (version: Projection): Promise<void> => {
    const later = buildOf(version);
    await store.prepare(later, partitionsOf(later.topics));
    await projectInto(later);
    await store.activate(later);
  };
  const app = await fakeApp(t, {
    reads: readsOver(preparedSql(pool), showPersonal(undefined)),
    log,
    limits: { limitDefault: 100, limitMax: 1_000 },
  });
  const get = async (path: string) => {
    const { statusCode, body } = await app.inject(path);
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${body}`);
    return JSON.parse(body);
  };
  return { app, url, say, plant, record, project, goOver, get };
};

const partitionsOf = (names: readonly string[]) =>
  topics
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
    );

/** What becomes of a message: an event of its domain, or of its refusal. */
export const eventOf = (message: Message): Event => {
  const translation = translator.translate(message, { zone: utc, sha1, newId });
  if (translation.outcome === 'event') return translation.event;
  const { topic, payload, receivedTimeUs } = message;
  const sha256 = hash('sha256', payload);
  const kept = { clientId: 'client 1', topic, payload, lengthBytes: payload.length, sha256, receivedTimeUs };
  return messageQuarantined(newId(receivedTimeUs), kept, translation);
};
