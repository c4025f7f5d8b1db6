/** A round: a few clients at once, what each of them says, and what else happens meanwhile. */
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { below, oneOf } from '../mutate.ts';
import { cutAnyhow, mutatedPackets } from './mutate-packets.ts';
import { topics } from './names.ts';
import { connectOf, type Level, noPacketOf, packetOf } from './packets.ts';
import type { Step } from './steps.ts';

export type Round = { readonly steps: readonly Step[]; readonly packets: number };

const levels: readonly Level[] = [3, 4, 4, 5, 5, 5];

/** The round of a number; the same for the same seed. */
export const roundOf = (seed: number, n: number): Round => {
  const numbers = seededNumbers(Math.imul(seed + 1, 0x9e37_79b1) ^ n);
  const scripts = Array.from({ length: 1 + below(numbers, 4) }, (_, client) => scriptOf(numbers, client));
  // Trouble with what is behind the server is the exception.
  const trouble = numbers() < 0.1 ? [troubleOf(numbers)] : [];
  const steps = interleaved(numbers, [...scripts.map((script) => script.steps), ...trouble]);
  return {
    steps: [...steps, { does: 'settle' }],
    packets: scripts.reduce((sum, script) => sum + script.packets, 0),
  };
};

const scriptOf = (numbers: Numbers, client: number): Round => {
  const level = oneOf(numbers, levels);
  const count = numbers() < 0.1 ? 250 : 60;
  const right = [
    connectOf(numbers, level),
    ...Array.from({ length: below(numbers, count) }, () => packetOf(numbers, level)),
  ];
  const chance = numbers();
  const packets =
    chance < 0.5 ? right : chance < 0.98 ? mutatedPackets(numbers, right) : [noPacketOf(numbers), noPacketOf(numbers)];
  const steps: Step[] = [{ does: 'open', client, halfOpen: numbers() < 0.3 }];
  const isSlow = numbers() < 0.05;
  if (isSlow) steps.push({ does: 'stall', client });
  const acknowledging = numbers();
  for (const bytes of cutAnyhow(numbers, packets)) {
    steps.push({ does: 'send', client, bytes });
    const between = numbers();
    if (between < 0.15) steps.push({ does: 'turn' });
    else if (between < 0.3 && acknowledging < 0.8) steps.push(acknowledgement(numbers, client));
    else if (between < 0.31) steps.push({ does: 'pass', ms: oneOf(numbers, [1, 10, 100, 600, 2500]) });
    else if (between < 0.315) steps.push({ does: isSlow ? 'listen' : 'stall', client });
  }
  return { steps: [...steps, ...endOf(numbers, client)], packets: packets.length };
};

const acknowledgement = (numbers: Numbers, client: number): Step => {
  const how = numbers() < 0.7 ? 'rightly' : oneOf(numbers, ['refusing', 'twice', 'wrongly'] as const);
  return { does: 'acknowledge', client, how };
};

const endOf = (numbers: Numbers, client: number): readonly Step[] => {
  const chance = numbers();
  if (chance < 0.3) return [{ does: 'end', client }];
  if (chance < 0.5) return [{ does: 'destroy', client }];
  if (chance < 0.8) return [{ does: 'turn' }, { does: 'turn' }, acknowledgement(numbers, client), { does: 'turn' }];
  return [];
};

const troubleOf = (numbers: Numbers): readonly Step[] => {
  const ms = oneOf(numbers, [1, 100, 1000, 12_000]);
  const topic = oneOf(numbers, topics);
  return oneOf<readonly Step[]>(numbers, [
    [
      { does: 'log', is: 'held' },
      { does: 'pass', ms },
      { does: 'log', is: 'there' },
    ],
    [
      { does: 'log', is: 'away' },
      { does: 'pass', ms },
      { does: 'log', is: 'there' },
    ],
    [
      { does: 'store', is: 'away' },
      { does: 'pass', ms },
      { does: 'store', is: 'there' },
    ],
    Array.from({ length: 4 }, () => ({
      ...{ does: 'device-message', topic, qos: oneOf(numbers, [1, 2] as const), expiryMs: ms },
    })),
  ]);
};

/** Each list in its own order, and they among each other in any. */
const interleaved = (numbers: Numbers, lists: readonly (readonly Step[])[]): readonly Step[] => {
  const places = lists.map(() => 0);
  const open = lists.map((_, list) => list).filter((list) => (lists[list]?.length ?? 0) > 0);
  const steps: Step[] = [];
  while (open.length > 0) {
    const which = below(numbers, open.length);
    const list = open[which] ?? 0;
    // Some steps of one, so that what belongs together is often sent together.
    for (let left = 1 + below(numbers, 4); left > 0; left -= 1) {
      const step = lists[list]?.[places[list] ?? 0];
      if (step === undefined) break;
      steps.push(step);
      places[list] = (places[list] ?? 0) + 1;
    }
    if ((places[list] ?? 0) >= (lists[list]?.length ?? 0)) open.splice(which, 1);
  }
  return steps;
};
