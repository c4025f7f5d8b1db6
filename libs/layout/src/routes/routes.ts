/** All routes of layout. */
import type { Route } from '@plenum/http';
import type { LayoutServices } from '../services.ts';

const all: readonly ((services: LayoutServices) => readonly Route[])[] = [];

export const layoutRoutes = (services: LayoutServices): readonly Route[] => all.flatMap((routes) => routes(services));
