/**
 * A document whose named schemas, headers and problems stand in it once, among its components, and are referred to everywhere
 * else. A schema is named by its `title`; generated clients have types of these names.
 */
import type { SwaggerTransformObject } from '@fastify/swagger';
import { problemMediaType } from '@plenum/http';

type Document = ReturnType<SwaggerTransformObject>;
type Json = Readonly<Record<string, unknown>>;
type Parts = Map<string, { readonly part: Json; readonly text: string }>;
type Kind = 'schemas' | 'headers' | 'responses';
type Named = Readonly<Record<Kind, Parts>>;

/** @throws when one name stands for two different things of a kind. */
export const withNamedParts = (document: Document): Document => {
  const { components, paths, ...rest } = document as Json; // What it is made of is looked at below.
  const named: Named = { schemas: new Map(), headers: new Map(), responses: new Map() };
  const referring = mapped(paths, (item) => mapped(item, (operation) => operationNamed(operation, named)));
  const own = isObject(components) ? components : {};
  const parts = Object.entries(named).map(([kind, found]) => [kind, { ...asObject(own[kind]), ...inOrder(found) }]);
  return { ...rest, components: { ...own, ...Object.fromEntries(parts) }, paths: referring } as Document;
};

const operationNamed = (operation: unknown, named: Named): Json =>
  mapped(operation, (part, name) =>
    name === 'responses' ? mapped(part, (answer, status) => answerNamed(answer, status, named)) : inner(part, named),
  );

const answerNamed = (answer: unknown, status: string, named: Named): unknown => {
  const { headers, ...rest } = asObject(answer);
  const referred = mapped(headers, (header, name) => reference(named.headers, 'headers', name, asObject(header)));
  const whole = { ...rest, headers: referred, ...mapped({ content: rest.content }, (part) => inner(part, named)) };
  if (!isObject(rest.content) || !(problemMediaType in rest.content)) return whole;
  const name = `Problem${status}${'Plenum-Position' in referred ? 'AsOfPosition' : ''}`;
  return reference(named.responses, 'responses', name, whole);
};

/** Whatever holds schemas, with references where they have names. */
const inner = (value: unknown, named: Named): unknown => {
  if (Array.isArray(value)) return value.map((item) => inner(item, named));
  if (!isObject(value)) return value;
  const within = mapped(value, (part, name) => {
    if (name === 'properties') return mapped(part, (property) => inner(property, named));
    return values.has(name) ? part : inner(part, named);
  });
  const { title } = within;
  return typeof title === 'string' && 'type' in within ? reference(named.schemas, 'schemas', title, within) : within;
};

/** What a schema says of values, which may look like schemas and are none. */
const values: ReadonlySet<string> = new Set(['examples', 'example', 'default', 'const', 'enum']);

const reference = (parts: Parts, kind: Kind, name: string, part: Json): Json => {
  const text = JSON.stringify(part);
  const known = parts.get(name);
  if (known !== undefined && known.text !== text) {
    throw new Error(`${name} stands for two of ${kind}: ${known.text} and ${text}`);
  }
  parts.set(name, { part, text });
  return { $ref: `#/components/${kind}/${name}` };
};

const mapped = (value: unknown, to: (part: unknown, name: string) => unknown): Json =>
  Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([name, part]) => (part === undefined ? [] : [[name, to(part, name)]])),
  );

const inOrder = (parts: Parts): Json =>
  Object.fromEntries([...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { part }]) => [name, part]));

const asObject = (value: unknown): Json => (isObject(value) ? value : {});

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
