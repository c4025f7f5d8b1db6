/** All routes of the quarantine. */
import type { Route } from '@plenum/http';
import type { QuarantineServices } from '../services.ts';
import { countRoutes } from './counts.ts';
import { quarantineRoutes } from './quarantine.ts';

export const allRoutes = (services: QuarantineServices): readonly Route[] => [
  ...quarantineRoutes(services),
  ...countRoutes(services),
];
