/** What is expected of every route: by each domain, in its own folder, and of what belongs to none. */
import { domains } from '@plenum/catalogue';
import type { RouteExpectations, Whose } from '@plenum/domain/testing';
import { platformExpectations } from './platform-expectations.ts';

/** Found by the name of the domain, so that one that is added has to bring its own. */
const ofDomain = async (name: string): Promise<RouteExpectations> => {
  const kit = `@plenum/${name}/testing`;
  const { routeExpectations } = await import(kit);
  if (routeExpectations === undefined) throw new Error(`libs/${name}/src/testing says nothing about its routes`);
  return routeExpectations;
};

const all = [platformExpectations, ...(await Promise.all(domains.map(({ name }) => ofDomain(name))))];

const together = <T>(some: (of: RouteExpectations) => Readonly<Record<string, T>> | undefined) =>
  new Map(all.flatMap((one) => Object.entries(some(one) ?? {})));

const expected = together(({ routes }) => routes);

/** The pages that describe the routes are many files. */
const expectedOf = (route: string): readonly [takes: string, whose: Whose] | undefined =>
  route.startsWith('GET /api/v1/docs') ? ['public', 'public'] : expected.get(route);

/** All that are written down, by method and address. */
export const writtenRoutes: readonly string[] = [...expected.keys()];

/** What a route takes; `undefined`: nobody wrote it down. */
export const takenBy = (route: string): string | undefined => expectedOf(route)?.[0];

/** Whose is what a route is about. */
export const whoseIs = (route: string): Whose | undefined => expectedOf(route)?.[1];

/** Roles by permission. */
export const rolesWith: ReadonlyMap<string, readonly string[]> = together(({ permissions }) => permissions);

/** What a caller who shows nothing is answered with, where that is not 401. */
export const answeredWhenAbsent: ReadonlyMap<string, number> = together(({ absent }) => absent);

/** What the owner of a thing just made is answered with, where that is not 200. */
export const answeredToOwner: ReadonlyMap<string, number> = together(({ owned }) => owned);

/** Of routes about one thing that is made at another address: which, and how its id stands in theirs. */
export const madeElsewhere = together(({ elsewhere }) => elsewhere);

/** A body that each route takes which needs one. */
export const validBodies: Readonly<Record<string, object>> = Object.fromEntries(together(({ bodies }) => bodies));

/** A query that each route takes which does not do without. */
export const validQueries: Readonly<Record<string, object>> = Object.fromEntries(together(({ queries }) => queries));

/** Routes that are no GET and record nothing. */
export const decidesNothing: readonly string[] = all.flatMap((one) => one.computing ?? []);

/** What routes answer that never do what they are asked. */
export const answeredAnyway: ReadonlyMap<string, number> = together(({ unprovided }) => unprovided);

export const notProvided: readonly string[] = [...answeredAnyway.keys()];
