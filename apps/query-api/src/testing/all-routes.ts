/** For tests that go over every route there is, so that one that is added is in them. */
import type { FastifyInstance, RouteOptions } from 'fastify';

export type AnyRoute = {
  readonly method: string;
  /** As it is declared, with `:id`. */
  readonly url: string;
  /** One address of it. */
  readonly address: string;
  readonly schema: RouteOptions['schema'];
  readonly config: RouteOptions['config'];
};

/** Give `onRoute` to the app. Fails in `all` where it saw too few to have seen all. */
export const collectRoutes = () => {
  const seen: AnyRoute[] = [];
  return {
    onRoute: ({ method, url, schema, config }: RouteOptions): void => {
      for (const one of [method].flat()) seen.push({ method: one, url, address: addressOf(url), schema, config });
    },
    all: async (app: FastifyInstance): Promise<readonly AnyRoute[]> => {
      await app.ready();
      if (seen.length < 60) throw new Error(`only ${seen.length} routes were seen`);
      return seen;
    },
  };
};

/** Any id will do, and a version has to be a number. */
const addressOf = (url: string): string => url.replace(':version', '1').replaceAll(/:\w+/g, 'x').replace('*', 'x');

const writing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export const isWriting = ({ method }: Pick<AnyRoute, 'method'>): boolean => writing.has(method);
