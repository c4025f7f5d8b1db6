/** What a calculation came to, as events keep it. */
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { layoutAlgorithm } from '../panels/algorithm.ts';
import { layOut } from '../panels/lay-out.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import type { Strategy } from '../strategies.ts';

/** A ceiling and what its panels may be, without what their layout is to be best at. */
export type Measured = Omit<CeilingInput, 'strategy'>;

export type Kept = {
  readonly strategy: Strategy;
  readonly ceiling: Measured;
  readonly layout: PanelLayout;
  readonly score: number;
  /** `imported`: none of our rules made it. */
  readonly algorithm: string;
};

/** Or a sentence that says why there is no layout. */
export const keptOf = (ceiling: Measured, strategy: Strategy): Kept | string => {
  const result = layOut({ ...ceiling, strategy }, { alternatesMax: 0 });
  if ('refusal' in result) return `${result.refusal.message}.`;
  return { strategy, ceiling, layout: result.layout, score: result.score, algorithm: layoutAlgorithm };
};

export const measuredOf = ({ strategy: _, ...measured }: CeilingInput): Measured => measured;
