/** What it costs to ask who is asking: the same page of the same app, with its guards and without them. */
import type { RatioBench, RunSettings } from '../bench.ts';
import type { Credential } from '../sides/authenticated.ts';
import type { Start } from '../sides/query-api.ts';
import type { World } from '../world.ts';
import { projectedRows } from './projection.ts';
import { pageLimit, pages, tables } from './query.ts';
import { readingsLog } from './readings-log.ts';

const measured = async (world: World, settings: RunSettings, credential?: Credential) => {
  const log = await readingsLog(world, 'postgres', projectedRows);
  const url = await tables(world, log);
  const server = await world.member({ name: 'query-api', program: 'sides/query-api.ts' });
  if (credential === undefined) return pages(world, { server, start: { log, url } satisfies Start, settings });
  const guarded = { url: await (await world.postgres()).emptyDatabase('bench_guards'), credential };
  return pages(world, { server, start: { log, url, guarded } satisfies Start, settings });
};

const bench = (credential: Credential, shown: string): RatioBench => ({
  kind: 'ratio',
  name: `auth-${credential}`,
  about: `one page of ${pageLimit} readings of a sensor for somebody who shows ${shown}, authenticated, authorised and counted`,
  unit: 'pages/s',
  pairsAtLeast: 7,
  logs: ['postgres'],
  subject: (world, settings) => measured(world, settings, credential),
  against: [
    {
      name: 'guards off',
      about: 'the same page of the same API with its guards off',
      atLeast: 0.9,
      aim: 0.97,
      run: (world, settings) => measured(world, settings),
    },
  ],
});

export const authJwt = bench('jwt', 'a token');
export const authKey = bench('key', 'an API key');
