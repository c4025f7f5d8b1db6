/** All routes about devices. */
import type { Route } from '@plenum/http';
import type { DeviceServices } from '../services.ts';
import { commandRoutes } from './commands.ts';
import { enrolManyRoute } from './enrol-many.ts';
import { enrolmentRoutes } from './enrolments.ts';
import { nodeCommands } from './node-commands.ts';
import { nodeSignInCommands } from './node-sign-in-commands.ts';
import { oldCommandRoute } from './old-commands.ts';
import { oldNodeRoutes } from './old-nodes.ts';
import { presenceRoutes } from './presence.ts';
import { refusalRoutes } from './refusals.ts';
import { requestCommandRoute } from './request-command.ts';

const all = [
  // One line each.
  enrolManyRoute,
  enrolmentRoutes,
  nodeCommands,
  nodeSignInCommands,
  oldNodeRoutes,
  presenceRoutes,
  refusalRoutes,
  commandRoutes,
  (services: DeviceServices) => [requestCommandRoute(services), oldCommandRoute(services)],
];

export const allRoutes = (services: DeviceServices): readonly Route[] => all.flatMap((routes) => routes(services));
