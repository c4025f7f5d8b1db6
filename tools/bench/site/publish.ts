/** Messages for a site: so many a second or as many as it takes, until queries can see all that was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Begin, Count } from '../load/mqtt-load.ts';
import type { Member } from '../machine/member.ts';
import { acknowledgedBy, mqttLoad } from '../paths/ingest-listen.ts';
import type { World } from '../world.ts';
import type { Site } from './start-site.ts';

export type Pace =
  /** This many in one go, as fast as they are acknowledged. */
  { readonly messages: number } | { readonly perSecond: number; readonly seconds: number };

export type Published = {
  readonly messages: number;
  /** A second, from the first that was sent until the last was acknowledged. */
  readonly perSecond: number;
  /** From the last acknowledgement until queries could see all of them. */
  readonly lateMs: number;
  /** A second, from the first that was sent until queries could see the last. */
  readonly seenPerSecond: number;
  /** Why this was not what was asked for. */
  readonly notReached: string | undefined;
};

export type Publisher = {
  readonly load: Member;
  /** Settles when queries can see everything. @throws when something that was acknowledged is missing. */
  publish(pace: Pace): Promise<Published>;
  /** Sends on until it is asked to finish. */
  begin(perSecond: number): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
};

/** Messages in flight on a connection. */
const window = 100;
const warmUpMessages = 60_000;

/** With code that has run before: it is compiled by how often it ran, not by how long. */
export const openPublisher = async (world: World, { mqttPort, arrivals }: Site): Promise<Publisher> => {
  const load = await mqttLoad(world);
  await load.ask('open', { port: mqttPort });
  // What every site decides at its start is in the log, too.
  const before = await arrivals.inLog();
  let acknowledged = 0;

  const publish = async (pace: Pace): Promise<Published> => {
    const fromMs = performance.now();
    const perSecond = 'perSecond' in pace ? pace.perSecond : undefined;
    await load.ask('begin', { window, perSecond } satisfies Begin);
    if ('perSecond' in pace) await sleep(pace.seconds * 1000);
    else await acknowledgedBy(load, pace.messages);
    const untilMs = performance.now();
    const { acknowledged: sofar } = await load.ask<Count>('count');
    const all = await load.ask<number>('finish');
    const messages = all - acknowledged;
    acknowledged = all;
    const acknowledgedMs = performance.now();
    await arrivals.settled(before + all);
    const seenMs = performance.now();
    const [lateMs, rate] = [seenMs - acknowledgedMs, (sofar / (untilMs - fromMs)) * 1000];
    return {
      ...{ messages, lateMs, perSecond: rate, seenPerSecond: (messages / (seenMs - fromMs)) * 1000 },
      notReached: perSecond === undefined ? undefined : notReached(perSecond, rate, lateMs),
    };
  };

  const publisher: Publisher = {
    load,
    publish,
    begin: (perSecond) => load.ask('begin', { window, perSecond } satisfies Begin),
    finish: async () => {
      acknowledged = await load.ask<number>('finish');
      await arrivals.settled(before + acknowledged);
    },
    close: async () => {
      await load.ask('close');
      const inLog = (await arrivals.inLog()) - before;
      if (inLog !== acknowledged)
        throw new Error(`${acknowledged} messages were acknowledged, ${inLog} are in the log`);
      await arrivals.checkLedger();
    },
  };
  await publish({ messages: warmUpMessages });
  return publisher;
};

/** What is acknowledged at this time is a little less than what was sent. */
const reachedShare = 0.97;
/** A backlog that is left for later would be worked off in one go, which is cheaper than the rate that was asked for. */
const lateMsMax = 1_000;

const notReached = (wanted: number, rate: number, lateMs: number): string | undefined => {
  if (rate < wanted * reachedShare) return `${rate.toFixed(0)} messages/s were acknowledged instead of ${wanted}`;
  return lateMs > lateMsMax ? `the tables were ${lateMs.toFixed(0)} ms late at the end` : undefined;
};
