/** All routes of documents. */
import type { Route } from '@plenum/http';
import type { DocumentServices } from '../services.ts';
import { exportCommands } from './export-commands.ts';
import { exportFileRoutes } from './export-file.ts';
import { exportKindRoutes } from './export-kinds.ts';
import { exportRoutes } from './exports.ts';

const all = [exportCommands, exportRoutes, exportFileRoutes, exportKindRoutes];

export const documentRoutes = (services: DocumentServices): readonly Route[] =>
  all.flatMap((routes) => routes(services));
