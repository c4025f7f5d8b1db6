/** A pipeline that runs: on an empty database, behind a Mosquitto of its own where it wants one, with its first reading visible. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@plenum/runtime';
import type { Member } from '../machine/member.ts';
import { nowMs } from '../machine/now.ts';
import type { Watched } from '../machine/usage.ts';
import type { World } from '../world.ts';
import { type Pipeline, type Place, type Running, startPipeline } from './pipeline.ts';
import type { Open as OpenPublisher, Prepare } from './publisher.ts';
import type { Named } from './readings-plan.ts';
import { openRows, type Rows } from './rows.ts';
import type { Open as OpenProbe } from './visibility-probe.ts';

export const connections = 200;

export type Trial = {
  readonly pipeline: Pipeline;
  readonly publisher: Member;
  readonly probe: Member;
  readonly rows: Rows;
  readonly postgres: Watched;
  /** What is shown beside it: the load, and brokers that are no part of the pipeline. */
  readonly besides: readonly Watched[];
  /** What its empty tables take. */
  readonly emptyBytes: number;
  running(): Running;
  /** SIGKILL to all of it, a rest, and all of it again. Settles with the moment at which it was started again. */
  killAndStart(restMs: number): Promise<{ readonly atMs: number }>;
  close(): Promise<void>;
};

export type TrialSettings = {
  readonly pipeline: Pipeline;
  /** Of every connection: as many as all phases of a run send. */
  readonly messagesPerConnection: number;
  /** What it stands on, and is shown beside it. */
  readonly foundation?: readonly Watched[];
};

let runs = 0;

/** @throws Missing where what the pipeline needs cannot be had; when it ends by itself. */
export const openTrial = async (world: World, settings: TrialSettings): Promise<Trial> => {
  const { pipeline, messagesPerConnection, foundation = [] } = settings;
  const programsAt = await pipeline.prepare(world);
  const publisher = await publisherOf(world, { connections, messagesPerConnection });
  const opened = new AsyncDisposableStack();
  world.atEnd(() => opened.disposeAsync());
  const server = await world.postgres();
  const databaseUrl = await server.emptyDatabase('bench_peers');
  // What the run before left behind is written now, and not while this one is measured.
  await server.run('checkpoint');
  runs += 1;
  const directory = path.join(world.cacheDirectory, 'peers', 'runs');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const mosquitto = pipeline.listens ? undefined : await world.mosquittoOfOne();
  if (mosquitto !== undefined) opened.defer(mosquitto.stop);
  const mqttPort = mosquitto?.port ?? (await freePort());
  const place: Place = { databaseUrl, mqttPort, clientId: `bench-peer-${runs}`, directory };

  const programs = await programsAt(place);
  let running = startPipeline(programs);
  opened.defer(() => running.kill());
  const probe = await world.tool({ name: 'probe', program: 'peers/visibility-probe.ts' });
  opened.defer(probe.stop);
  await probe.ask('open', { mqttPort, databaseUrl, readings: pipeline.readings } satisfies OpenProbe);
  // Before there is a session, or a listener, what is published would go nowhere.
  await Promise.race([probe.ask('firstNew'), running.ended]);
  await publisher.ask('open', { port: mqttPort } satisfies OpenPublisher);
  opened.defer(() => publisher.ask('close'));
  const rows = openRows(databaseUrl, pipeline.readings);
  opened.defer(rows.close);
  const load = { name: 'publisher', pid: publisher.pid };
  return {
    ...{ pipeline, publisher, probe, rows, postgres: server.watched() },
    besides: [load, ...foundation, ...(mosquitto === undefined ? [] : [mosquitto.watched])],
    emptyBytes: await rows.databaseBytes(),
    running: () => running,
    killAndStart: async (restMs) => {
      await running.kill();
      await sleep(restMs);
      const atMs = nowMs();
      running = startPipeline(programs);
      return { atMs };
    },
    close: () => opened.disposeAsync(),
  };
};

const publisherOf = (world: World, asked: Prepare): Promise<Member> =>
  world.lasting({ name: `publisher of ${asked.messagesPerConnection}`, program: 'peers/publisher.ts' }, (member) =>
    member.ask('prepare', asked),
  );

/** No new row for as long as this: no more will come. Telegraf writes every ten seconds if it is not told otherwise. */
const patienceMs = 15_000;
const lookEveryMs = 10;

export type Arrived = {
  /** When the last of them was seen. */
  readonly atMs: number;
  /** How many never came. */
  readonly missing: number;
  /** How often they were looked for. */
  readonly looks: number;
};

/** Waits until these are visible, or no more rows come. Asks again for those alone that were not. */
export const arrivalOf = async ({ rows, running }: Trial, named: readonly Named[]): Promise<Arrived> => {
  let missing = named;
  let changedMs = nowMs();
  const quiet = quietTables(rows);
  for (let looks = 1; ; looks += 1) {
    const still = await Promise.race([rows.missing(missing), running().ended]);
    const atMs = nowMs();
    if (still.length < missing.length) [missing, changedMs] = [still, atMs];
    if (missing.length === 0 || (await quiet(changedMs))) return { atMs: changedMs, missing: missing.length, looks };
    await sleep(lookEveryMs);
  }
};

/** Whether no row has come for as long as we have patience. What is slow may have other rows to write first. */
const quietTables = (rows: Rows): ((changedMs: number) => Promise<boolean>) => {
  let counted: { readonly rows: number; readonly atMs: number } | undefined;
  return async (changedMs) => {
    // Counting costs something: usually all is there long before.
    if (nowMs() - Math.max(changedMs, counted?.atMs ?? 0) < patienceMs / 2) return false;
    const before = counted;
    counted = { rows: await rows.all(), atMs: nowMs() };
    return before?.rows === counted.rows;
  };
};
