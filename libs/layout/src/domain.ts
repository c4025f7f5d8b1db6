/** Layout as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn } from '@plenum/event';
import * as calculationEvents from './calculations/calculation-events.ts';
import { calculationsProjection } from './calculations/calculations-projection.ts';
import { layoutExports } from './exports.ts';
import * as projectEvents from './projects/project-events.ts';
import { projectsProjection } from './projects/projects-projection.ts';
import { type LayoutServices, layoutReads } from './services.ts';
import { layoutDecisionsTopic } from './topics.ts';

export const layout = defineDomain({
  name: 'layout',
  about: 'Ceilings designed and priced: projects, layouts, materials.',
  events: eventsIn(projectEvents, calculationEvents),
  topics: [layoutDecisionsTopic],
  projections: [projectsProjection, calculationsProjection],
  permissions: {
    'read:projects': 'Ceiling projects, their history; layouts and materials.',
    'write:projects': 'Projects: create and change.',
    'approve:projects': 'Ceiling projects: approve a layout at its price.',
  },
  exports: layoutExports,
  reads: layoutReads,
  routes: async (services: LayoutServices) => (await import('./routes/routes.ts')).layoutRoutes(services),
});
