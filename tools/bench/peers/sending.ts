/** Sends a number of readings through a pipeline and waits until PostgreSQL shows the last of them. */
import { type Usage, type Watched, watchUsage } from '../machine/usage.ts';
import type { Send, Sent } from './publisher.ts';
import type { Named } from './readings-plan.ts';
import { arrivalOf, type Trial } from './trial.ts';

export type Passed = {
  readonly messages: number;
  /** From the first being published to the last being visible. */
  readonly perSecond: number;
  readonly sent: Sent;
  readonly visibleMs: number;
  readonly missing: number;
  readonly usage: Usage;
  /** CPU of the pipeline and of PostgreSQL, for 100,000 messages. */
  readonly cpuSeconds: number;
  /** The same of Mosquitto, which is not part of the pipeline. */
  readonly brokerCpuSeconds: number;
};

/**
 * The last of every connection are waited for, which costs next to nothing, and then all of them are looked for, each by its
 * name. Where some are missing although later ones are there, they are waited for as well.
 */
export const passThrough = async (trial: Trial, asked: Send): Promise<Passed> => {
  const ours: readonly Watched[] = [...trial.running().programs.map(({ watched }) => watched), trial.postgres];
  const usageSince = watchUsage([...ours, ...trial.besides]);
  const sent = await Promise.race([trial.publisher.ask<Sent>('send', asked), trial.running().ended]);
  const last = await arrivalOf(trial, await trial.publisher.ask<readonly Named[]>('acknowledged', { lastOnly: true }));
  const usageOfLast = usageSince();
  const every = await arrivalOf(
    trial,
    await trial.publisher.ask<readonly Named[]>('acknowledged', { lastOnly: false }),
  );
  // Where all are there at the first look, they were when their last ones were.
  const complete = every.looks === 1 && every.missing === 0;
  const [all, usage] = complete ? [last, usageOfLast] : [every, usageSince()];
  const { messages } = asked;
  const costOf = (names: ReadonlySet<string>): number =>
    usage.processes.reduce((sum, { name, cpuSeconds }) => sum + (names.has(name) ? cpuSeconds : 0), 0) *
    (100_000 / messages);
  return {
    ...{ messages, sent, usage },
    perSecond: (messages / (all.atMs - sent.fromMs)) * 1000,
    visibleMs: all.atMs,
    missing: all.missing,
    cpuSeconds: costOf(new Set(ours.map(({ name }) => name))),
    brokerCpuSeconds: costOf(new Set(['mosquitto'])),
  };
};

/** @throws when the tables of a pipeline do not say the same. */
export const checkTables = async ({ rows, pipeline }: Trial): Promise<void> => {
  const all = await rows.all();
  for (const sql of pipeline.alsoCount) {
    const others = await rows.count(sql);
    if (others !== all) throw new Error(`${pipeline.name} has ${all} readings, and ${others} by ${sql}`);
  }
};
