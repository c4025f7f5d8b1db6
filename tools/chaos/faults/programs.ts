/** What happens to our own programs: they are killed, or stop in the middle of anything and wake up later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '@plenum/postgres';
import type { Numbers } from '@plenum/simulation';
import { between, oneOf } from '../numbers.ts';
import type { Program } from '../site/program.ts';
import type { Site } from '../site/site.ts';
import type { Fault } from './fault.ts';

export type Choose = (site: Site, numbers: Numbers) => readonly Program[];

export const kill = (kind: string, about: string, choose: Choose): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    for (const program of choose(site, numbers)) {
      say(`SIGKILL ${program.name}, process ${program.pid()}`);
      program.kill();
    }
  },
});

const killTwice = (kind: string, about: string, choose: Choose): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    for (const time of ['once', 'again while it starts']) {
      for (const program of choose(site, numbers)) {
        say(`SIGKILL ${program.name}, process ${program.pid()}, ${time}`);
        program.kill();
      }
      if (time === 'once') await sleep(between(numbers, 150, 900));
    }
  },
});

export const freeze = (kind: string, about: string, choose: Choose, mostMs = 6_000): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    const programs = choose(site, numbers);
    const forMs = between(numbers, 300, mostMs);
    for (const program of programs) {
      say(`SIGSTOP ${program.name}, process ${program.pid()}, for ${forMs} ms`);
      program.freeze();
    }
    await sleep(forMs);
    for (const program of programs) {
      say(`SIGCONT ${program.name}`);
      program.wake();
    }
  },
});

/** Clocks that are set forth and back: whatever reads them must not take a time for an order. */
const setClock = (kind: string, about: string, choose: Choose): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    for (const program of choose(site, numbers)) {
      const shiftMs = between(numbers, 2, 100_000) * 1000 * oneOf(numbers, [1, -1]);
      say(`the clock of ${program.name} is set ${shiftMs > 0 ? 'forth' : 'back'} by ${Math.abs(shiftMs) / 1000} s`);
      const clock = site.clocks.get(program.name);
      clock?.set(shiftMs);
      await sleep(between(numbers, 500, 3_000));
      say(`the clock of ${program.name} is set right`);
      clock?.set(0);
    }
  },
});

/** Somewhere in the middle of a file, as far as one is made soon. */
export const inTheMiddle = (fault: Fault): Fault => ({
  ...fault,
  impossible: ({ exporters }) => (exporters.length === 0 ? 'there is no exporter' : undefined),
  happen: async (site, numbers, say) => {
    const afterMs = between(numbers, 0, 60);
    const isMaking = await untilMaking(site);
    say(isMaking ? 'a file is being made' : 'no file is being made');
    await sleep(afterMs);
    return fault.happen(site, numbers, say);
  },
});

const makingMsMax = 5_000;

const untilMaking = async ({ keptFiles, database }: Site): Promise<boolean> => {
  const isMaking = keptFiles.isPutting ?? (() => isTakenUp(database));
  const startMs = performance.now();
  while (performance.now() - startMs < makingMsMax) {
    if (await isMaking()) return true;
    await sleep(2);
  }
  return false;
};

/** An exporter is at one, before or while it puts the file. */
const isTakenUp = async ({ pool }: Site['database']): Promise<boolean> => {
  const [found] = await query<{ readonly is: boolean }>(
    pool,
    `select exists (select from plenum_document.export_run join plenum_document.export_work using (export_id)
                     where state = 'requested' and is_running and free_at > clock_timestamp()) as is`,
  );
  return found?.is === true;
};

const restart = (kind: string, about: string, choose: Choose): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    for (const program of choose(site, numbers)) {
      say(`SIGTERM ${program.name}, process ${program.pid()}`);
      program.restart();
    }
  },
});

const bridge: Choose = (site, numbers) => [oneOf(numbers, site.bridges)];
const allBridges: Choose = (site) => site.bridges;
const api: Choose = (site) => [site.api];
const reactor: Choose = (site) => [site.reactor];
const aProjector: Choose = (site, numbers) => [oneOf(numbers, site.projectors)];
const allProjectors: Choose = (site) => site.projectors;
const anExporter: Choose = (site, numbers) => [oneOf(numbers, site.exporters)];
const allExporters: Choose = (site) => site.exporters;

export const programFaults: readonly Fault[] = [
  kill('kill-bridge', 'SIGKILL one of the two bridges', bridge),
  kill('kill-bridges', 'SIGKILL both bridges', allBridges),
  killTwice('kill-bridge-twice', 'SIGKILL one of the two bridges, and again while it starts', bridge),
  restart('restart-bridge', 'stop one of the two bridges in order, and start it again', bridge),
  freeze('freeze-bridge', 'SIGSTOP one of the two bridges for up to 6 s', bridge),
  setClock('clock-bridge', 'set the clock of one bridge forth or back by up to 28 hours, and right again', bridge),
  kill('kill-projector', 'SIGKILL one of the two projectors', aProjector),
  kill('kill-projectors', 'SIGKILL both projectors', allProjectors),
  freeze('freeze-projector', 'SIGSTOP one of the two projectors for up to 6 s', aProjector),
  freeze('freeze-projectors', 'SIGSTOP both projectors for up to 6 s', allProjectors),
  setClock('clock-projector', 'set the clock of one projector forth or back, and right again', aProjector),
  kill('kill-api', 'SIGKILL the API', api),
  freeze('freeze-api', 'SIGSTOP the API for up to 6 s', api),
  kill('kill-reactor', 'SIGKILL the reactor', reactor),
  killTwice('kill-reactor-twice', 'SIGKILL the reactor, and again while it starts', reactor),
  freeze('freeze-reactor', 'SIGSTOP the reactor for up to 6 s', reactor),
  inTheMiddle(kill('kill-exporter', 'SIGKILL one of the two exporters in the middle of a file', anExporter)),
  inTheMiddle(kill('kill-exporters', 'SIGKILL both exporters in the middle of a file', allExporters)),
  // Longer than a lease, so that another is at the same export when it wakes.
  inTheMiddle(
    freeze('freeze-exporter', 'SIGSTOP one exporter in the middle of a file for up to 12 s', anExporter, 12_000),
  ),
];
