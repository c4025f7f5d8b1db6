/**
 * The same load through what people would pick instead: Telegraf, a script, Node-RED. All of them write to the same
 * PostgreSQL and, but for Plenum's listener, read from the same Mosquitto, a new one for every run.
 */
import type { RunSettings, Table, TableBench } from '../bench.ts';
import { mosquittoVersion } from '../machine/mosquitto.ts';
import { Missing } from '../missing.ts';
import type { Figures } from '../peers/figures.ts';
import { measure } from '../peers/measure.ts';
import { nodeRed } from '../peers/node-red.ts';
import { linesOf, type Measuring, pageOf } from '../peers/page.ts';
import type { Pipeline } from '../peers/pipeline.ts';
import { plenumConnector, plenumListener } from '../peers/plenum.ts';
import { pythonOneTable, pythonThreeTables } from '../peers/python.ts';
import { telegrafDefaults, telegrafNoLoss } from '../peers/telegraf.ts';
import type { World } from '../world.ts';

const ours = [plenumListener, plenumConnector];
const others = [telegrafNoLoss, telegrafDefaults, pythonOneTable, pythonThreeTables, nodeRed];
/** Longer phases would show no more, and a round would take minutes. */
const secondsMax = 4;

export const peers: TableBench = {
  kind: 'table',
  name: 'peers',
  about: 'the same load through Plenum and through what one would pick instead',
  logs: ['postgres'],
  onRequest: true,
  measure: async (world, settings) => {
    const missing: string[] = [];
    const pipelines = [...ours];
    for (const one of others) {
      const why = await whyNot(world, one);
      if (why === undefined) pipelines.push(one);
      else missing.push(`${one.name}: ${why}`);
    }
    if (pipelines.length === ours.length) throw new Missing(missing.join('; '));
    return tableOf(await measureAll(world, settings, pipelines), missing);
  },
};

/** Gets it ready, before anything is measured. */
const whyNot = async (world: World, pipeline: Pipeline): Promise<string | undefined> => {
  try {
    await pipeline.prepare(world);
    return undefined;
  } catch (error) {
    if (error instanceof Missing) return error.message;
    throw error;
  }
};

/** One after the other, and the other way round in every second round, as pairs are. */
const measureAll = async (
  world: World,
  settings: RunSettings,
  pipelines: readonly Pipeline[],
): Promise<Omit<Measuring, 'missing'>> => {
  const rounds = new Map<string, Figures[]>(pipelines.map(({ name }) => [name, []]));
  for (let round = 0; round < settings.pairs; round += 1) {
    world.tell(`round ${round + 1}`);
    for (const one of round % 2 === 0 ? pipelines : pipelines.toReversed()) {
      const figures = await measure(world, one, Math.min(settings.seconds, secondsMax));
      world.tell(`  ${one.name}: ${JSON.stringify(figures)}`);
      rounds.get(one.name)?.push(figures);
    }
  }
  const versions = new Map<string, string>();
  for (const { name, versions: said } of pipelines) versions.set(name, await said());
  const server = await world.postgres();
  const [row] = await server.run('show server_version');
  const foundation = `PostgreSQL ${row?.server_version}, Mosquitto ${mosquittoVersion()} with the configuration that is shipped.`;
  return { pipelines, rounds, ours: ours.map(({ name }) => name), versions, foundation };
};

const tableOf = (measured: Omit<Measuring, 'missing'>, missing: readonly string[]): Table => {
  const measuring = { ...measured, missing };
  return { lines: linesOf(measuring), text: pageOf(measuring), missing };
};
