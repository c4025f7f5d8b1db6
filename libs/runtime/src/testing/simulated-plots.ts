/** Decisions about plots of land, as an outbox relay brings them into the log: in order, and again from anywhere before. */
import { TransientFailure } from '../errors.ts';
import type { Chance } from './chance.ts';
import type { MemoryLog } from './memory-log.ts';
import { type PlotChange, plotRecords } from './plots-property.ts';
import { plotsTopic } from './sample-plots.ts';

export type SimulatedPlots = {
  /** Relays a few more. */
  relay(): Promise<void>;
  isDone(): boolean;
};

export const simulatedPlots = (log: MemoryLog, random: Chance): SimulatedPlots => {
  const records = plotRecords(Array.from({ length: random.below(30) }, () => change(random)));
  let at = 0;
  return {
    relay: async () => {
      if (random.happens(0.1)) at = random.below(at + 1);
      const some = records.slice(at, at + 1 + random.below(4));
      if (some.length === 0) return;
      try {
        await log.append(some.map((record) => ({ ...record, topic: plotsTopic.name })));
        at += some.length;
      } catch (error) {
        // Whether they are in the log is not known, so they are sent again.
        if (!(error instanceof TransientFailure)) throw error;
      }
    },
    isDone: () => at === records.length,
  };
};

const change = (random: Chance): PlotChange => ({
  kind: random.pick([
    'measured',
    'measured',
    'measured',
    'joined',
    'exchanged',
    'left',
    'visited',
    'named',
    'closed',
    'surveyed',
  ]),
  estate: random.pick(['e', 'f', 'g', 'h']),
  ...{ plot: random.pick(['1', '2', '3']), other: random.pick(['1', '2', '3']) },
  ...{ label: random.pick(labels), otherLabel: random.pick(labels) },
  place: random.below(180),
  again: 0,
});

/** Seldom the same, so that most of them are taken. */
const labels = ['a', 'A', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'] as const;
