/** All routes of the ceiling. */
import type { Route } from '@plenum/http';
import type { CeilingServices } from '../services.ts';
import { integrationRoutes } from './integration-export.ts';
import { intervalRoutes } from './intervals.ts';
import { networkRoutes } from './network.ts';
import { nodeRoutes } from './nodes.ts';
import { readingRoutes } from './readings.ts';
import { replacedRoutes } from './replaced-reads.ts';

const all = [
  // One line each.
  nodeRoutes,
  readingRoutes,
  intervalRoutes,
  networkRoutes,
  replacedRoutes,
  integrationRoutes,
];

export const ceilingRoutes = (services: CeilingServices): readonly Route[] => all.flatMap((routes) => routes(services));
