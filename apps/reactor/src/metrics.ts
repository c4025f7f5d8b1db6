/** What reactions have as metrics: those of every consumer, and what came of their commands. */
import { type MetricsRegistry, registerConsumerMetrics } from '@plenum/metrics';
import { consumerOfReaction } from '@plenum/runtime';
import type { ReactorProgress } from './run.ts';

export const registerReactorMetrics = (registry: MetricsRegistry, progress: ReactorProgress): void => {
  const consumers = [...progress].map(([name, one]) => [consumerOfReaction({ name }).name, one] as const);
  registerConsumerMetrics(registry, new Map(consumers));
  registry.counter(
    {
      name: 'plenum_reaction_commands_total',
      help: 'Commands that reactions issued, by what came of them. Issued again counts again.',
      labels: ['reaction', 'outcome'],
    },
    () =>
      [...progress].flatMap(([reaction, { commands }]) =>
        Object.entries(commands).map(([outcome, value]) => ({ labels: { reaction, outcome }, value })),
      ),
  );
};
