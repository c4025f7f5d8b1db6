/** All routes of access. */
import type { Route } from '@plenum/http';
import type { AccessServices } from '../services.ts';
import { keyCommands } from './key-commands.ts';
import { keyRoutes } from './keys.ts';
import { meRoutes } from './me.ts';
import { oldBuildingRoutes } from './old-building.ts';
import { oldFibreRoutes } from './old-fibre.ts';
import { organisationCommands } from './organisation-commands.ts';
import { organisationRoutes } from './organisations.ts';
import { roleRoutes } from './roles.ts';
import { securityEventRoutes } from './security-events.ts';
import { sessionRoutes } from './sessions.ts';
import { userCommands } from './user-commands.ts';
import { userRoutes } from './users.ts';

const all = [
  ...[userCommands, userRoutes, keyCommands, keyRoutes, sessionRoutes, meRoutes, roleRoutes, securityEventRoutes],
  ...[organisationCommands, organisationRoutes],
  ...[oldBuildingRoutes, oldFibreRoutes],
];

export const accessRoutes = (services: AccessServices): readonly Route[] => all.flatMap((routes) => routes(services));
