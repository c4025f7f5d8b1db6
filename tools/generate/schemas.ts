/** `schemas/<domain>/<event-name>.v<N>.avsc` as typed constants in `libs/<domain>/src/generated/schemas.ts`. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { personalFieldsOf } from '@plenum/event';
import { type AvroNamed, typeDeclarations } from './avro-type.ts';
import type { GeneratedFile, Generator } from './output.ts';

type SchemaFile = {
  readonly path: string;
  readonly domain: string;
  readonly version: number;
  readonly schema: AvroNamed & { readonly namespace: string };
};

export const schemaConstants: Generator = {
  name: 'schemas',
  generate: async (root) => {
    const files = readSchemas(root);
    const domains = Map.groupBy(files, ({ domain }) => domain);
    return [...domains].map(([domain, schemas]) => constantsOf(root, domain, schemas));
  },
};

/**
 * Every schema of the tree by domain, name and version.
 * @throws when a file's name and its content disagree, or a version is left out.
 */
export const readSchemas = (root: string): readonly SchemaFile[] => {
  const paths = globSync('schemas/*/*', { cwd: root }).map(forwardSlashes).filter(isNoGolden).toSorted();
  const files = paths.map((file) => readSchema(root, file));
  const sorted = files.toSorted((a, b) => a.schema.name.localeCompare(b.schema.name, 'en') || a.version - b.version);
  for (const [index, { path: file, version, schema }] of sorted.entries()) {
    const before = sorted[index - 1];
    const expected = before !== undefined && before.schema.name === schema.name ? before.version + 1 : 1;
    if (version !== expected) throw new Error(`${file}: expected version ${expected} of ${schema.name}`);
  }
  return sorted;
};

const readSchema = (root: string, file: string): SchemaFile => {
  const match = /^schemas\/([a-z-]+)\/([a-z0-9-]+)\.v([1-9]\d*)\.avsc$/.exec(file);
  if (match === null) throw new Error(`${file}: expected a name like schemas/<domain>/<event-name>.v1.avsc`);
  const [, domain = '', eventName = '', version = ''] = match;
  // The checks below are what makes this a record schema; a full check is the codec's, when it parses it.
  const schema = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as SchemaFile['schema'];
  const name = eventName.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (schema.type !== 'record') throw new Error(`${file}: expected a record`);
  if (schema.name !== name) throw new Error(`${file}: is named ${schema.name}, expected ${name}`);
  const namespace = `plenum.${domain}`;
  if (schema.namespace !== namespace) throw new Error(`${file}: is in ${schema.namespace}, expected ${namespace}`);
  return { path: file, domain, version: Number(version), schema };
};

const constantsOf = (root: string, domain: string, files: readonly SchemaFile[]): GeneratedFile => {
  if (!existsSync(path.join(root, 'libs', domain, 'package.json'))) {
    throw new Error(`schemas/${domain}: there is no libs/${domain} to hold its types`);
  }
  const parts = files.map(({ path: file, schema, version }) => {
    const constant = `${schema.name.charAt(0).toLowerCase()}${schema.name.slice(1)}V${version}`;
    const literal = JSON.stringify(schema, undefined, 2);
    return `${typeDeclarations(schema, version)}\n/** \`${file}\` */\nexport const ${constant}: AvroSchema & Readonly<Record<string, unknown>> = ${literal};\n`;
  });
  const holdsPersonal = files.some(({ schema }) => personalFieldsOf(schema) !== undefined);
  const content = [
    `// Made from \`schemas/${domain}\` by \`npm run generate\`; edit the schemas, not this file.\n`,
    `import type { AvroSchema${holdsPersonal ? ', Personal' : ''} } from '@plenum/event';\n\n`,
    parts.join('\n'),
  ].join('');
  return { path: `libs/${domain}/src/generated/schemas.ts`, content };
};

/** The bytes of a version, which `@plenum/avro` holds itself to, lie beside its schema. */
const isNoGolden = (file: string): boolean => !/\.v[1-9]\d*\.golden\.json$/.test(file);

const forwardSlashes = (file: string): string => file.replaceAll(path.sep, '/');
