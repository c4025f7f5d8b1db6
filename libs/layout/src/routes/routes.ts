/** All routes of layout. */
import type { Route } from '@plenum/http';
import type { LayoutServices } from '../services.ts';
import { ceilingCommands } from './ceiling-commands.ts';
import { ceilingRoutes } from './ceilings.ts';
import { documentRoutes } from './documents.ts';
import { layoutOnlyRoutes } from './layouts.ts';

const all = [ceilingRoutes, ceilingCommands, documentRoutes, () => layoutOnlyRoutes];

export const layoutRoutes = (services: LayoutServices): readonly Route[] => all.flatMap((routes) => routes(services));
