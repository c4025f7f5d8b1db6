/** All routes of layout. */
import type { Route } from '@plenum/http';
import type { LayoutServices } from '../services.ts';
import { ceilingCommands } from './ceiling-commands.ts';
import { ceilingRoutes } from './ceilings.ts';
import { documentRoutes } from './documents.ts';
import { layoutOnlyRoutes } from './layouts.ts';
import { notProvidedRoutes } from './not-provided.ts';
import { oldBuildingRoutes } from './old-building.ts';
import { oldBuildingExportRoutes } from './old-building-exports.ts';
import { oldCalculationRoutes } from './old-calculations.ts';
import { oldExportRoutes } from './old-exports.ts';
import { oldMaterialRoutes } from './old-materials.ts';
import { oldProjectRoutes } from './old-projects.ts';

const all = [
  ceilingRoutes,
  ceilingCommands,
  documentRoutes,
  oldCalculationRoutes,
  oldProjectRoutes,
  oldExportRoutes,
  oldBuildingExportRoutes,
];

export const layoutRoutes = (services: LayoutServices): readonly Route[] => [
  ...all.flatMap((routes) => routes(services)),
  ...[...layoutOnlyRoutes, ...oldBuildingRoutes, ...oldMaterialRoutes, ...notProvidedRoutes],
];
