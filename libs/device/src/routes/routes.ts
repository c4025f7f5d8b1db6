/** All routes about devices. */
import type { Route } from '@plenum/http';
import type { DeviceServices } from '../services.ts';
import { presenceRoutes } from './presence.ts';

const all = [
  // One line each.
  presenceRoutes,
];

export const allRoutes = (services: DeviceServices): readonly Route[] => all.flatMap((routes) => routes(services));
