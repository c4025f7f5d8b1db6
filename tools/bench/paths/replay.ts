/** The whole log decoded and folded, beside a reader that only counts. */
import type { Measured, RatioBench, RunSettings } from '../bench.ts';
import type { Member } from '../machine/member.ts';
import type { LogPlace } from '../machine/place.ts';
import { watchUsage } from '../machine/usage.ts';
import type { Passes } from '../sides/passes.ts';
import { grouped } from '../tell.ts';
import type { World } from '../world.ts';
import { watchedOfLog } from './log-places.ts';
import { projectedRows } from './projection.ts';
import { readingsLog } from './readings-log.ts';

export const replay: RatioBench = {
  kind: 'ratio',
  name: 'replay',
  about: 'log to decoded and folded, in memory',
  unit: 'records/s',
  logs: ['postgres', 'kafka'],
  subject: async (world, settings) => {
    const log = await readingsLog(world, settings.log, projectedRows);
    const member = await world.member({ name: 'replay', program: 'sides/replay.ts' });
    return passesOf(world, { member, log, settings });
  },
  against: [
    {
      name: 'bare reader',
      about: 'a bare reader of the same log that makes an object of every record and counts: SELECT, or kafkajs',
      atLeast: 0.4,
      aim: 0.8,
      run: async (world, settings) => {
        const log = await readingsLog(world, settings.log, projectedRows);
        const program = settings.log === 'kafka' ? 'sides/count-kafkajs.ts' : 'sides/count-select.ts';
        const member = await world.member({ name: 'count', program });
        return passesOf(world, { member, log, settings });
      },
    },
  ],
};

type Reading = { readonly member: Member; readonly log: LogPlace; readonly settings: RunSettings };

const passesOf = async (world: World, { member, log, settings }: Reading): Promise<Measured> => {
  try {
    await member.ask('start', log.kind === 'postgres' ? { log, url: log.url } : { log });
    const seen = await member.ask<number>('pass'); // To warm up, and to see that all of it is read.
    if (seen !== projectedRows) throw new Error(`${member.name} read ${seen} of ${projectedRows} records`);
    const usageSince = watchUsage([member, ...(await watchedOfLog(world, settings.log, 'kept'))]);
    const { records, ms } = await member.ask<Passes>('run', { seconds: settings.seconds });
    const usage = usageSince();
    if (member.name === 'count' && log.kind === 'postgres') await tellOfTouch(world, member);
    return { perSecond: (records / ms) * 1000, usage, saturation: usage.processes[0]?.busyShare ?? 0 };
  } finally {
    await member.stop();
  }
};

const tellOfTouch = async (world: World, member: Member): Promise<void> => {
  const { records, ms } = await member.ask<Passes>('touch', { seconds: 1 });
  world.tell(
    `  for information: PostgreSQL reads every byte of ${grouped((records / ms) * 1000)} records/s and sends none`,
  );
};
