/** The description of the API, `docs/reference/openapi.json`, as tests look at it: operation by operation. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const descriptionFile = path.resolve(import.meta.dirname, '../../../../docs/reference/openapi.json');

export type Parameter = {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: { readonly type?: unknown; readonly enum?: readonly unknown[] };
};

export type DescribedAnswer = {
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
};

export type DescribedOperation = {
  readonly operationId: string;
  /** `GET`. */
  readonly method: string;
  /** `/api/v1/users/{id}`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly takesBody: boolean;
  /** What it may answer, by status; what is named among the components is looked up. */
  readonly answers: Readonly<Record<string, DescribedAnswer>>;
};

type Referring = { readonly $ref?: string };

type Document = {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string;
            readonly parameters?: readonly Parameter[];
            readonly requestBody?: object;
            readonly responses: Readonly<Record<string, DescribedAnswer & Referring>>;
          }
        >
      >
    >
  >;
  readonly components: { readonly responses: Readonly<Record<string, DescribedAnswer>> };
};

/** What the generator has written, which `npm run check` holds against the routes. */
export const describedApi = (): Document => JSON.parse(readFileSync(descriptionFile, 'utf8')) as Document;

export const operationsOf = ({ paths, components }: Document): readonly DescribedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
      ...{ operationId, method: method.toUpperCase(), path, parameters, takesBody: requestBody !== undefined },
      answers: Object.fromEntries(
        Object.entries(responses).map(([status, { $ref, ...answer }]) => [
          status,
          $ref === undefined ? answer : (components.responses[$ref.split('/').at(-1) ?? ''] ?? answer),
        ]),
      ),
    })),
  );
