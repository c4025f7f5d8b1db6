/** What happens to the network: connections break, or carry nothing for a while, on one way or on all. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '@plenum/fault-proxy/testing';
import type { Numbers } from '@plenum/simulation';
import { between, oneOf } from '../numbers.ts';
import type { Site } from '../site/site.ts';
import type { Fault } from './fault.ts';

type Choose = (site: Site, numbers: Numbers) => readonly (readonly [name: string, wire: FaultProxy])[];

const away = (kind: string, about: string, how: 'cut' | 'hold', choose: Choose): Fault => ({
  kind,
  about,
  happen: async (site, numbers, say) => {
    const forMs = between(numbers, 200, 5_000);
    const wires = choose(site, numbers);
    for (const [name, wire] of wires) {
      say(`the network between ${name} ${how === 'cut' ? 'is cut' : 'carries nothing'} for ${forMs} ms`);
      wire[how]();
    }
    await sleep(forMs);
    for (const [name, wire] of wires) {
      say(`the network between ${name} is whole`);
      wire.mend();
    }
  },
});

const toDatabase = (site: Site): ReturnType<Choose> =>
  [...site.databaseWires].map(([name, wire]) => [`${name} and PostgreSQL`, wire] as const);
const oneToDatabase: Choose = (site, numbers) => [oneOf(numbers, toDatabase(site))];
const devices: Choose = ({ deviceWire, replicas }) => [
  ['the devices and the bridges', deviceWire],
  ...replicas.map(({ name, wire }) => [`kept sessions and ${name}`, wire] as const),
];

export const networkFaults: readonly Fault[] = [
  away('cut-database', 'break the connections of one program to PostgreSQL for up to 5 s', 'cut', oneToDatabase),
  away('hold-database', 'let nothing through between one program and PostgreSQL', 'hold', oneToDatabase),
  away('cut-all-databases', 'break all connections to PostgreSQL for up to 5 s', 'cut', toDatabase),
  away('hold-all-databases', 'let nothing through between anybody and PostgreSQL', 'hold', toDatabase),
  away('cut-devices', 'break the connections of all devices for up to 5 s', 'cut', devices),
  away('hold-devices', 'let nothing through between devices and the bridge', 'hold', devices),
];
