/** Messages for a site: so many a second or as many as it takes, until queries can see all that was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Begin, Count } from '../load/mqtt-load.ts';
import { acknowledgedBy, mqttLoad, window } from '../load/open-load.ts';
import type { Member } from '../machine/member.ts';
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
  /** Sends so many a second until it is asked to finish, or as fast as they are acknowledged. */
  begin(perSecond?: number): Promise<void>;
  /** Settles when queries can see everything. */
  finish(): Promise<Published>;
  /** Begins, goes on for as long as that says, and finishes. */
  publish(pace: Pace): Promise<Published>;
  /** Somebody else published so many to the same site. */
  besides(messages: number): void;
  /** @throws when something that was acknowledged is missing. */
  close(): Promise<void>;
};

/** Code is compiled by how often it ran, not by how long. */
const warmUpMessages = 60_000;

export const openPublisher = async (
  world: World,
  { mqttPort, arrivals }: Pick<Site, 'mqttPort' | 'arrivals'>,
  { warm }: { readonly warm: boolean } = { warm: true },
): Promise<Publisher> => {
  const load = await mqttLoad(world);
  await load.ask('open', { port: mqttPort });
  // What every site decides at its start is in the log, too.
  let others = await arrivals.inLog();
  let acknowledged = 0;
  let begun: { readonly perSecond: number | undefined; readonly fromMs: number } | undefined;

  const begin = async (perSecond?: number): Promise<void> => {
    begun = { perSecond, fromMs: performance.now() };
    await load.ask('begin', { window, perSecond } satisfies Begin);
  };
  const finish = async (): Promise<Published> => {
    if (begun === undefined) throw new Error('nothing was begun');
    const { perSecond: wanted, fromMs } = begun;
    const { acknowledged: sofar } = await load.ask<Count>('count');
    const perSecond = (sofar / (performance.now() - fromMs)) * 1000;
    const all = await load.ask<number>('finish');
    const acknowledgedMs = performance.now();
    await arrivals.settled(others + all);
    const seenMs = performance.now();
    const messages = all - acknowledged;
    acknowledged = all;
    const lateMs = seenMs - acknowledgedMs;
    const seenPerSecond = (messages / (seenMs - fromMs)) * 1000;
    const missed = wanted === undefined ? undefined : notReached(wanted, perSecond, lateMs);
    return { messages, perSecond, lateMs, seenPerSecond, notReached: missed };
  };
  const publish = async (pace: Pace): Promise<Published> => {
    await begin('perSecond' in pace ? pace.perSecond : undefined);
    if ('perSecond' in pace) await sleep(pace.seconds * 1000);
    else await acknowledgedBy(load, pace.messages);
    return finish();
  };
  const close = async (): Promise<void> => {
    await load.ask('close');
    await arrivals.settled(others + acknowledged);
    const inLog = (await arrivals.inLog()) - others;
    if (inLog !== acknowledged) throw new Error(`${acknowledged} messages were acknowledged, ${inLog} are in the log`);
    await arrivals.checkLedger();
  };
  if (warm) await publish({ messages: warmUpMessages });
  return {
    ...{ load, begin, finish, publish, close },
    besides: (messages) => {
      others += messages;
    },
  };
};

/** What is acknowledged at this time is a little less than what was sent. */
const reachedShare = 0.97;
/** A backlog that is left for later would be worked off in one go, which is cheaper than the rate that was asked for. */
const lateMsMax = 1_000;

const notReached = (wanted: number, rate: number, lateMs: number): string | undefined => {
  if (rate < wanted * reachedShare) return `${rate.toFixed(0)} messages/s were acknowledged instead of ${wanted}`;
  return lateMs > lateMsMax ? `the tables were ${lateMs.toFixed(0)} ms late at the end` : undefined;
};
