/** What happens to our own programs: they are killed, or stop in the middle of anything and wake up later. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Numbers } from '@plenum/simulation';
import { between, oneOf } from '../numbers.ts';
import type { Program } from '../site/program.ts';
import type { Site } from '../site/site.ts';
import type { Fault } from './fault.ts';

type Choose = (site: Site, numbers: Numbers) => readonly Program[];

const kill = (kind: string, about: string, choose: Choose): Fault => ({
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

const freeze = (kind: string, about: string, choose: Choose): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    const programs = choose(site, numbers);
    const forMs = between(numbers, 300, 6_000);
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

const bridge: Choose = (site, numbers) => [oneOf(numbers, site.bridges)];
const api: Choose = (site) => [site.api];
const reactor: Choose = (site) => [site.reactor];
const aProjector: Choose = (site, numbers) => [oneOf(numbers, site.projectors)];
const allProjectors: Choose = (site) => site.projectors;

export const programFaults: readonly Fault[] = [
  kill('kill-bridge', 'SIGKILL the bridge', bridge),
  killTwice('kill-bridge-twice', 'SIGKILL the bridge, and again while it starts', bridge),
  freeze('freeze-bridge', 'SIGSTOP the bridge for up to 6 s', bridge),
  setClock('clock-bridge', 'set the clock of the bridge forth or back by up to 28 hours, and right again', bridge),
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
];
