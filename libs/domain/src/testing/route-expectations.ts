/**
 * What is expected of a domain's routes, written down once more by hand beside it. Tests of the API hold every route
 * against it; a route without an expectation fails.
 */
export type RouteExpectations = {
  /** Roles that have each permission its routes ask for, beside those whose permissions it does not declare. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /**
   * By method and address such as `GET /api/v1/nodes/:id`: `public`, `identified`, or the permission that it takes; and
   * whose is what it is about.
   */
  readonly routes: Readonly<Record<string, readonly [takes: string, whose: Whose]>>;
  /** What a caller that shows nothing is answered with, where that is not 401. */
  readonly absent?: Readonly<Record<string, number>>;
  /** What the owner of a thing just made is answered with, where that is not 200. */
  readonly owned?: Readonly<Record<string, number>>;
  /** Of routes about one thing that is made elsewhere: at which address, and how its id stands in theirs. */
  readonly elsewhere?: Readonly<Record<string, { readonly kind: string; readonly written: (id: string) => string }>>;
  /** Routes that are no GET and record nothing: what they are asked for is computed. */
  readonly computing?: readonly string[];
  /** Routes of replaced systems that never do what they are asked, and what they answer. */
  readonly unprovided?: Readonly<Record<string, 400 | 501>>;
  /** A body that it takes, of each route that needs one. */
  readonly bodies?: Readonly<Record<string, object>>;
  /** A query that it takes, of each route that does not do without. */
  readonly queries?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
};

/**
 * `one`: about one thing that belongs to an organisation; to others it is not there. `list`: of such things, each is
 * shown its own. `self`: about the caller, or what they make. `administration`: only for users who look after the
 * installation. `installation`: the same for everybody who may. `public`: for strangers too.
 */
export type Whose = 'one' | 'list' | 'self' | 'administration' | 'installation' | 'public';
