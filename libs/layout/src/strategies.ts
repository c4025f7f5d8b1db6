/** What a layout is to be best at. The objective of each is in `panels/objectives.ts`. */
export const strategies = [
  'balanced',
  'minimize_panels',
  'minimize_seams',
  'minimize_cuts',
  'minimize_waste',
  'maximize_symmetry',
] as const;
export type Strategy = (typeof strategies)[number];

export type StrategyShown = { readonly id: Strategy; readonly name: string; readonly description: string };

/** For people who choose one. */
export const strategiesShown: readonly StrategyShown[] = [
  {
    ...{ id: 'balanced', name: 'Balanced' },
    description: 'Much of the ceiling covered, panels near the wanted ratio of sides, and few of them.',
  },
  { id: 'minimize_panels', name: 'Fewest panels', description: 'As few panels as the largest allowed panel permits.' },
  { id: 'minimize_seams', name: 'Least seams', description: 'The least length of seams between panels.' },
  { id: 'minimize_cuts', name: 'Least cuts', description: 'Another name for the least length of seams.' },
  {
    ...{ id: 'minimize_waste', name: 'Least waste' },
    description: 'The least of the stock sheets (as large as the largest allowed panel) left over when panels are cut.',
  },
  {
    ...{ id: 'maximize_symmetry', name: 'Most symmetric' },
    description: 'Panels near a square, in even numbers both ways, so that the ceiling is four equal quarters.',
  },
];
