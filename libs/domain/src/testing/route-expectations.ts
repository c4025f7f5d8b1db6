/**
 * What is expected of a domain's routes, written down once more by hand beside it. Tests of the API hold every route
 * against it; a route without an expectation fails.
 */
export type RouteExpectations = {
  /** Roles that have each permission its routes ask for, beside those whose permissions it does not declare. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /** `public`, `identified`, or the permission that it takes, by method and address such as `GET /api/v1/nodes/:id`. */
  readonly routes: Readonly<Record<string, string>>;
  /** What whoever shows nothing is answered with, where that is not 401. */
  readonly absent?: Readonly<Record<string, number>>;
  /** A body that it takes, of each route that needs one. */
  readonly bodies?: Readonly<Record<string, object>>;
  /** Of these one version can be asked, by `If-Match`. */
  readonly versioned?: readonly string[];
};
