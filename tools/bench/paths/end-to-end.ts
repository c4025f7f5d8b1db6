/**
 * Devices to rows that can be asked for: as many readings as can be acknowledged, until PostgreSQL shows the last of them,
 * in all of Plenum's tables, and in the one of a Telegraf that loses nothing.
 *
 * Both get the same readings from the same publisher, which sends as fast as it is acknowledged: to Plenum's own listener
 * (or through Mosquitto to its connector), and through Mosquitto to Telegraf. The number is fixed and so is how it ends, so
 * what either leaves for later is part of its time. Nobody asks the tables anything before all is acknowledged.
 */
import type { Measured, RatioBench } from '../bench.ts';
import type { Watched } from '../machine/usage.ts';
import type { Pipeline } from '../peers/pipeline.ts';
import { plenumConnector, plenumListener, plenumOnKafka } from '../peers/plenum.ts';
import { checkTables, type Passed, passThrough } from '../peers/sending.ts';
import { telegrafNoLoss } from '../peers/telegraf.ts';
import { connections, openTrial } from '../peers/trial.ts';
import type { World } from '../world.ts';

const messages = 150_000;
/** Until code is compiled and tables and indexes have pages. */
const warmUpMessages = 30_000;

/** What the ratio must reach on the Postgres log at the listener. */
const usual = { atLeast: 1.3, aim: 2 };
/** A third less with a broker of somebody else's on the way. */
const third = { atLeast: 0.87, aim: 1.33 };

const against = (limits: typeof usual): RatioBench['against'] => [
  {
    name: 'Telegraf, no loss',
    about: 'Mosquitto and a Telegraf that loses nothing, into its one table',
    ...{ ...limits, onKafka: third },
    run: (world) => passed(world, telegrafNoLoss),
  },
];

const path: Pick<RatioBench, 'kind' | 'about' | 'unit' | 'onRequest'> = {
  ...{ kind: 'ratio', unit: 'rows/s', onRequest: true },
  about: 'devices to rows in all tables, as fast as is acknowledged',
};

export const endToEnd: readonly RatioBench[] = [
  {
    ...{ ...path, name: 'end-to-end-listen', logs: ['postgres', 'kafka'], against: against(usual) },
    subject: (world, { log }) => (log === 'kafka' ? passedOnKafka(world) : passed(world, plenumListener)),
  },
  {
    ...{ ...path, name: 'end-to-end-connect', logs: ['postgres'], against: against(third) },
    subject: (world) => passed(world, plenumConnector),
  },
];

const passed = async (world: World, pipeline: Pipeline, foundation: readonly Watched[] = []): Promise<Measured> => {
  const messagesPerConnection = (messages + warmUpMessages) / connections;
  const trial = await openTrial(world, { pipeline, messagesPerConnection, foundation });
  try {
    await passThrough(trial, { messages: warmUpMessages });
    const flood = await passThrough(trial, { messages });
    if (flood.missing > 0)
      throw new Error(`${flood.missing} of ${messages} readings never came through ${pipeline.name}`);
    await checkTables(trial);
    return { perSecond: flood.perSecond, usage: flood.usage, saturation: saturationOf(flood) };
  } finally {
    await trial.close();
  }
};

const passedOnKafka = async (world: World): Promise<Measured> => {
  const kafka = await world.kafkaOfOne();
  try {
    return await passed(world, plenumOnKafka(kafka.brokers), kafka.watched());
  } finally {
    await kafka.stop();
  }
};

/**
 * A pipeline that has a backlog does all it can. Where the last PUBACK came well before the last row, it had one all the time:
 * the side that acknowledges was faster than it. Otherwise the machine must have had no more to give.
 */
const saturationOf = ({ sent, visibleMs, usage }: Passed): number => {
  const acknowledgedAt = (sent.toMs - sent.fromMs) / (visibleMs - sent.fromMs);
  return acknowledgedAt < backlogUntil ? 1 : usage.machineBusyShare;
};

const backlogUntil = 0.9;
