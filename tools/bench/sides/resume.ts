/** A client of the live stream that was away while all of a log happened: how many events it is sent until it is live. */
import { get } from 'node:http';
import { readingsTopic } from '@plenum/ceiling';
import type { PartitionEnds } from '@plenum/runtime';
import { topicPart } from '../../../apps/query-api/src/stream/positions.ts';
import { eventIn, frameReader } from '../load/frame-reader.ts';
import { type LogPlace, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { runPasses } from './passes.ts';

export type Open = {
  readonly log: LogPlace;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

let opened: (Pick<Open, 'url' | 'headers'> & { readonly ends: readonly PartitionEnds[] }) | undefined;

const open = async ({ log: place, url, headers }: Open): Promise<void> => {
  const log = await openLog(place);
  opened = { url, headers, ends: await log.positions(readingsTopic.name) };
  await log.close();
};

/** How many readings came before `ready`: those of one partition, or of all. @throws when anything else came. */
const pass = async ({ partition: only }: { readonly partition?: number } = {}): Promise<number> => {
  if (opened === undefined) throw new Error('nothing is open');
  const { url, headers, ends } = opened;
  const from = ends.map(({ partition, first, next }) => (only === undefined || only === partition ? first : next));
  const lastId = topicPart(readingsTopic.name, from);
  return resumed(`${url}/api/v1/stream?kind=readings`, { ...headers, 'last-event-id': lastId });
};

const resumed = (url: string, headers: Open['headers']): Promise<number> =>
  new Promise((resolve, reject) => {
    let readings = 0;
    const request = get(url, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the API answered ${response.statusCode}`));
      const reader = frameReader((frame) => {
        const event = eventIn(frame);
        if (event === 'readings') readings += 1;
        else if (event === 'ready') {
          resolve(readings);
          request.destroy();
        } else if (event !== undefined) reject(new Error(frame.toString()));
      });
      response.on('data', reader.read);
      response.on('close', () => reject(new Error(`the stream ended after ${readings} readings`)));
      response.on('error', reject);
    });
    request.on('error', reject);
  });

serve({ open, pass, run: runPasses(pass) });
