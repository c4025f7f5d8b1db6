/**
 * A program that calls every operation with a generated client: TypeScript, one typed call each, so that the compiler holds
 * every address, parameter and body against the description.
 */
import type { DescribedOperation } from './api-description.ts';

export type CallParts = {
  /** Sent wherever they mean something; an `Idempotency-Key` is the name of the operation. */
  readonly headers: Readonly<Record<string, string>>;
  /** By method and address as routes have them: `POST /api/v1/users`. */
  readonly bodies: Readonly<Record<string, object>>;
  readonly queries: Readonly<Record<string, object>>;
};

/** The source of a module beside the client's own; `calls` is there by operation id. */
export const callsSource = (operations: readonly DescribedOperation[], parts: CallParts): string =>
  [
    "import type { PlenumClient } from './client.ts';",
    'type Given = (name: string) => string;',
    'export const calls = {',
    ...operations.map((operation) => `  ${operation.operationId}: ${callOf(operation, parts)},`),
    '};',
    '',
  ].join('\n');

const callOf = (operation: DescribedOperation, { bodies, queries, ...parts }: CallParts): string => {
  const { operationId, method, path, parameters, answers } = operation;
  const headers: CallParts['headers'] = { ...parts.headers, 'Idempotency-Key': operationId };
  const route = `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
  const inPath = parameters.filter((one) => one.in === 'path').map(({ name, schema }) => literalOf(name, schema));
  const known = parameters.filter((one) => one.in === 'header' && headers[one.name] !== undefined);
  const header = known.map(({ name }) => `${JSON.stringify(name)}: ${JSON.stringify(headers[name])}`);
  const params = [
    ...(inPath.length === 0 ? [] : [`path: { ${inPath.join(', ')} }`]),
    ...(header.length === 0 ? [] : [`header: { ${header.join(', ')} }`]),
    ...(queries[route] === undefined ? [] : [`query: ${JSON.stringify(queries[route])}`]),
  ];
  const isText = !Object.keys(answers['200']?.content ?? { 'application/json': {} }).includes('application/json');
  const options = [
    ...(params.length === 0 ? [] : [`params: { ${params.join(', ')} }`]),
    ...(bodies[route] === undefined ? [] : [`body: ${JSON.stringify(bodies[route])}`]),
    ...(isText ? ["parseAs: 'text'"] : []),
  ];
  const given = inPath.length === 0 ? '' : ', given: Given';
  return `(client: PlenumClient${given}) => client.${method}(${JSON.stringify(path)}, { ${options.join(', ')} })`;
};

type Schema = { readonly type?: unknown; readonly enum?: readonly unknown[] };

/** One of a few words is the first of them. */
const literalOf = (name: string, schema: Schema): string => {
  if (schema.enum !== undefined) return `${name}: ${JSON.stringify(schema.enum[0])}`;
  return schema.type === 'integer' ? `${name}: Number(given('${name}'))` : `${name}: given('${name}')`;
};
