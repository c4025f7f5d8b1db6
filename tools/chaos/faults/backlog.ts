/** A long queue at the broker, of messages that say neither who they are nor when they were. */
import { setTimeout as sleep } from 'node:timers/promises';
import { nodesTopic } from '@plenum/ceiling';
import { publishMany } from '@plenum/mqtt/testing';
import { hasSession, sessionsEnded } from '../broker-sessions.ts';
import type { Site } from '../site/site.ts';

/** Statuses with the same bytes, so that each that comes twice would be one event more. */
const backlogMessages = 100_000;
const nodes = 100;
const stoppedMs = 20_000;
/** From the first of them in the log until all are. */
const patienceMs = 240_000;
const lookEveryMs = 250;

/** Builds it up while no bridge takes anything, and stops the broker in the middle. @returns what did not hold. */
export const fetchBacklog = async (site: Site, say: (what: string) => void): Promise<readonly string[]> => {
  const run = Date.now();
  for (const bridge of site.bridges) bridge.freeze();
  await publishMany(site.mqttPort, backlog(run));
  for (const bridge of site.bridges) bridge.wake();
  say(`${backlogMessages} messages wait at mosquitto, and the bridges are back`);
  const count = await counter(site, run);
  while ((await count()).records === 0 || !(await hasSession(site))) await sleep(lookEveryMs);
  const endedBefore = await sessionsEnded(site);
  say(`SIGSTOP mosquitto, with ${(await count()).records} of them in the log, for ${stoppedMs / 1000} s`);
  site.mosquitto?.freeze();
  await sleep(stoppedMs);
  site.mosquitto?.wake();
  const startMs = performance.now();
  while ((await count()).records < backlogMessages && performance.now() - startMs < patienceMs)
    await sleep(lookEveryMs);
  const { records, events } = await count();
  const ended = (await sessionsEnded(site)) - endedBefore;
  say(`${records} records of ${events} events are in the log, and the session ended ${ended} times`);
  return records === backlogMessages && events === backlogMessages && ended === 0
    ? []
    : [`of ${backlogMessages} messages came ${records} records of ${events} events, and ${ended} ends of a session`];
};

const topicOf = (run: number, n: number): string => `ceiling/nodes/backlog_${run}_${n % nodes}/status`;

function* backlog(run: number) {
  for (let n = 0; n < backlogMessages; n += 1) yield { topic: topicOf(run, n), payload: '{"status":"online"}' };
}

type Counted = { readonly records: number; readonly events: number };

/** Counts those that are in the log by now; each record is looked at once. */
const counter = async ({ log, codec }: Site, run: number): Promise<() => Promise<Counted>> => {
  const topic = nodesTopic.name;
  const read = new Map((await log.positions(topic)).map(({ partition, first }) => [partition, first]));
  const ids = new Set<string>();
  const ours = `ceiling/nodes/backlog_${run}_`;
  let records = 0;
  return async () => {
    for (const { partition, next: to } of await log.positions(topic)) {
      const from = read.get(partition) ?? 0n;
      if (from >= to) continue;
      for await (const batch of log.read({ topic, partition, from, to })) {
        for (const record of batch.records) {
          const decoded = codec.decode(record);
          if (decoded.outcome !== 'event' || !decoded.event.source.startsWith(ours)) continue;
          records += 1;
          ids.add(decoded.event.id);
        }
      }
      read.set(partition, to);
    }
    return { records, events: ids.size };
  };
};
