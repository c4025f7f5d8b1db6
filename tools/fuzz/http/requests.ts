/** What strange clients ask the API: its own routes with every part of the question wrong in some way. */
import { type Numbers, seededNumbers } from '@plenum/simulation';
import { below, mutated, oneOf, randomBytes } from '../mutate.ts';

/** The part of an OpenAPI document that is used here. */
export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type Operation = { readonly parameters?: readonly Parameter[] };
type Parameter = { readonly name: string; readonly in: string; readonly schema?: Schema };
type Schema = { readonly type?: string; readonly enum?: readonly unknown[]; readonly default?: unknown };

export type Asked = {
  readonly method: string;
  /** As written on the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

const methods = [
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'SEARCH',
];

const nasty = [
  ...[
    '',
    '0',
    '-1',
    '1e999',
    'NaN',
    '99999999999999999999',
    '2026-03-04T09:15:02Z',
    '0001-01-01',
    '+275760-09-13T00:00:00Z',
  ],
  ...[
    "' or 1=1 --",
    '%',
    '_%',
    '\\',
    '%00',
    '%ff',
    '%c0%80',
    '%',
    '%u0000',
    '../../etc/passwd',
    '..%2f..%2f',
    '__proto__',
  ],
  ...['constructor', 'toString', '\u{1f600}', 'é', 'a'.repeat(1_000), '{"a":1}', '[]', 'null', 'true', '\u202e'],
  ...['node_001', 'temperature', 'asc', 'P1D', '1m', '1000'],
];

const headerNames = [
  'accept',
  'content-type',
  'if-none-match',
  'if-match',
  'idempotency-key',
  'authorization',
  'x-api-key',
  'x-forwarded-for',
  'prefer',
  'range',
  'x-request-id',
  'traceparent',
  'origin',
  'cookie',
];
const bodies = [
  '{"login":"a","name":"b","role":"guest"}',
  '{"login":"a","password":"b"}',
  '{"username":"a\\u0000","password":"\\ud800"}',
  '{"name":"a","role":"administrator","expires_at":null,"permissions":["*"]}',
  '{"name":"b","role":"__proto__","rate_limit":1e999}',
  '{"email":"\\u202e@"}',
  '',
  '{}',
  '{"a":',
  '[]',
  'null',
  '{"__proto__":{"x":1}}',
  '"'.repeat(5_000),
  '\u0000',
];

const value = (numbers: Numbers, schema: Schema | undefined): string => {
  const chance = numbers();
  if (schema?.enum !== undefined && chance < 0.5) return String(oneOf(numbers, schema.enum));
  if (schema?.type === 'integer' && chance < 0.5) return String(below(numbers, 2_000) - 100);
  if (chance < 0.9) return encodeURIComponent(oneOf(numbers, nasty));
  return chance < 0.95
    ? oneOf(numbers, nasty)
    : encodeURIComponent(randomBytes(numbers, below(numbers, 40)).toString('latin1'));
};

/** A cursor of the API's own, changed: the one text of a question that is parsed by hand. */
const cursor = (numbers: Numbers): string => {
  const inner = JSON.stringify(oneOf<unknown>(numbers, [[], ['a', 1], { a: 1 }, [1, '2026-01-01', null], '']));
  const bytes = numbers() < 0.5 ? Buffer.from(inner) : mutated(numbers, Buffer.from(inner));
  return bytes.toString('base64url');
};

const pathOf = (numbers: Numbers, path: string): string => {
  const filled = path.replaceAll(/\{[^}]+\}/g, () => value(numbers, undefined).slice(0, 400));
  if (numbers() < 0.9) return filled;
  return mutated(numbers, Buffer.from(filled))
    .toString('latin1')
    .replaceAll(/[\s\u0000-\u001f\u007f-\uffff]/g, '/');
};

const queryOf = (numbers: Numbers, parameters: readonly Parameter[]): string => {
  const parts = parameters
    .filter((parameter) => parameter.in === 'query' && numbers() < 0.4)
    .map(({ name, schema }) => `${name}=${name === 'cursor' ? cursor(numbers) : value(numbers, schema)}`);
  if (numbers() < 0.1) parts.push(`${value(numbers, undefined)}=${value(numbers, undefined)}`);
  if (numbers() < 0.1 && parts[0] !== undefined) parts.push(parts[0]);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

/** What cannot stand on a request line is sent encoded, as every client would. */
const onOneLine = (target: string): string =>
  target.replaceAll(/[^\u0021-\u007e]/g, (character) => encodeURIComponent(character.isWellFormed() ? character : '?'));

/** The request of a number; the same for the same seed. */
export const requestOf = ({ paths }: OpenApi, seed: number, n: number): Asked => {
  const numbers = seededNumbers(seed * 1_000_003 + n);
  const path = oneOf(numbers, Object.keys(paths));
  const operations = paths[path] ?? {};
  const parameters = oneOf(numbers, Object.values(operations)).parameters ?? [];
  const method = oneOf(numbers, methods);
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'TRACE' && numbers() < 0.5;
  const headers: Record<string, string> = {};
  if (numbers() < 0.3) headers[oneOf(numbers, headerNames)] = encodeURIComponent(oneOf(numbers, nasty)).slice(0, 500);
  if (hasBody) headers['content-type'] ??= oneOf(numbers, ['application/json', 'text/plain', 'x', '']);
  const body = hasBody ? oneOf(numbers, bodies) : undefined;
  return { method, target: onOneLine(pathOf(numbers, path) + queryOf(numbers, parameters)), headers, body };
};

const lines = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /api/v1/nodes HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{',
];
const more = [
  'GET /api/v1/nodes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n',
  'GET * HTTP/9.9\r\n\r\n',
];

/** Bytes that are hardly HTTP at all. */
export const rawRequestOf = (seed: number, n: number): Buffer => {
  const numbers = seededNumbers(seed * 1_000_033 + n);
  if (numbers() < 0.2) return randomBytes(numbers, 1 + below(numbers, 300));
  return mutated(numbers, Buffer.from(oneOf(numbers, [...lines, ...more])));
};
