/** A client of the live stream that missed a million events and comes back, beside `replay export` of the same log. */
import type { Measured, RatioBench, RunSettings } from '../bench.ts';
import type { Member } from '../machine/member.ts';
import { type Watched, watchUsage } from '../machine/usage.ts';
import type { Passes } from '../sides/passes.ts';
import type { Start as StartApi } from '../sides/query-api.ts';
import type { Start as StartExport } from '../sides/replay-export.ts';
import type { Open } from '../sides/resume.ts';
import type { Started } from '../sides/started.ts';
import type { World } from '../world.ts';
import { watchedOfLog } from './log-places.ts';
import { million, readingsLog } from './readings-log.ts';

export const streamResume: RatioBench = {
  kind: 'ratio',
  name: 'stream-resume',
  about: 'a million missed events to a client that comes back, until it is live',
  unit: 'events/s',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  subject: async (world, settings) => {
    const log = await readingsLog(world, settings.log, million);
    const url = await (await world.postgres()).emptyDatabase('bench_stream_resume');
    const api = await world.member({ name: 'query-api', program: 'sides/query-api.ts' });
    const client = await world.tool({ name: 'client', program: 'sides/resume.ts' });
    try {
      const start: StartApi = { log, url, guarded: { url, credential: 'key' } };
      await client.ask('open', { log, ...(await api.ask<Started>('start', start)) } satisfies Open);
      return await passesOf(world, { reader: client, watched: [api, client], settings });
    } finally {
      await client.stop();
      await api.stop();
    }
  },
  against: [
    {
      name: 'replay export',
      about: '`replay export` of the same log, into a file that keeps nothing',
      atLeast: 0.5,
      aim: 0.8,
      run: async (world, settings) => {
        const log = await readingsLog(world, settings.log, million);
        const exporting = await world.member({ name: 'replay-export', program: 'sides/replay-export.ts' });
        try {
          await exporting.ask('start', { log } satisfies StartExport);
          const measured = await passesOf(world, { reader: exporting, watched: [exporting], settings });
          // Nobody gives it anything to do: it does all it can, whether it computes or waits for the log.
          return { ...measured, saturation: 1 };
        } finally {
          await exporting.stop();
        }
      },
    },
  ],
};

type Reading = {
  /** Who counts what came. */
  readonly reader: Member;
  readonly watched: readonly Watched[];
  readonly settings: RunSettings;
};

const passesOf = async (world: World, { reader, watched, settings }: Reading): Promise<Measured> => {
  await reader.ask('pass', { partition: 0 }); // To warm up.
  const log = await watchedOfLog(world, settings.log, 'kept-million');
  const usageSince = watchUsage([...watched, ...log]);
  const { records, passes, ms } = await reader.ask<Passes>('run', { seconds: settings.seconds });
  const usage = usageSince();
  if (records !== million * passes) throw new Error(`${reader.name} has ${records} events of ${million * passes}`);
  return { perSecond: (records / ms) * 1000, usage, saturation: usage.processes[0]?.busyShare ?? 0 };
};
