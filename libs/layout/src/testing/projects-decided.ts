/** Projects for specs: what is asked about them, and events as they lead there. */
import { type Actor, defaultOrganisation, type NewEvent } from '@plenum/event';
import fc from 'fast-check';
import { type ProjectCommand, project } from '../projects/project.ts';
import type { ProjectState } from '../projects/project-state.ts';
import { strategies } from '../strategies.ts';

export const designer: Actor = { id: 'designer', permissions: ['write:projects'], organisation: defaultOrganisation };

export const projectId = '0190a7f0-2222-7abc-8def-000000000001';
export const calculationId = '0190a7f0-3333-7abc-8def-000000000001';

/** What is asked, by its words; the actor is the same everywhere. */
type Words = ProjectCommand extends infer One ? (One extends unknown ? Omit<One, 'actor'> : never) : never;

export const asked = (words: Words): ProjectCommand => ({ ...words, actor: designer });

export const hall = { length_mm: 4800, width_mm: 3600 } as const;

/** A project of a hall that is measured, laid out and priced. */
export const laidOutHall: readonly ProjectCommand[] = [
  asked({
    ...{ do: 'create', projectId, described: { name: 'Hall' }, ceiling: hall },
    price: { material: 'led_panel_white', waste_factor: 0, labor_multiplier: null },
  }),
  asked({ do: 'calculate', calculationId }),
];

/** The events of commands that none of is refused. @throws when one is. */
export const eventsAfter = (commands: readonly ProjectCommand[]): readonly NewEvent[] => {
  let state: ProjectState = project.initial;
  return commands.flatMap((command) => {
    const decided = project.decide(state, command);
    if (decided.outcome === 'refused') throw new Error(decided.reason);
    state = decided.events.reduce(project.evolve, state);
    return decided.events;
  });
};

const ceilings = fc.record({
  length_mm: fc.integer({ min: 50, max: 9000 }),
  width_mm: fc.integer({ min: 900, max: 5000 }),
});
const described = fc.record({ name: fc.constantFrom('Hall', 'Foyer', ''), tags: fc.constantFrom(['a'], ['a', 'b']) });
const prices = fc.record({
  material: fc.constantFrom('led_panel_white', 'drywall_white', 'gold'),
  waste_factor: fc.constantFrom(0, 0.15),
});
const ids = fc.constantFrom(calculationId, calculationId.replace('3333', '4444'));

/** Anything that can be asked about a project, right and wrong. */
export const anyCommand = (id: string): fc.Arbitrary<ProjectCommand> =>
  fc
    .oneof(
      fc.record({ do: fc.constant('create' as const), projectId: fc.constant(id), described, ceiling: ceilings }),
      fc.record({ do: fc.constant('change' as const), described, price: prices }),
      fc.record({ do: fc.constant('change' as const), ceiling: ceilings }),
      fc.record({
        do: fc.constant('calculate' as const),
        calculationId: ids,
        strategy: fc.constantFrom(...strategies),
      }),
      fc.constantFrom<Words>({ do: 'approve' }, { do: 'archive' }, { do: 'restore' }),
    )
    .map((words) => asked(words));
