/** All generators, run together, and what they make compared with what the tree holds. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { accessReference } from './access.ts';
import { asyncapiReference } from './asyncapi.ts';
import { catalogueReference } from './catalogue.ts';
import { commandsReference } from './commands.ts';
import { composeSettings } from './compose.ts';
import { deviceCommandsReference } from './device-commands.ts';
import { goldenBytes } from './golden.ts';
import { mqttConformance } from './mqtt-conformance.ts';
import { openapiReference } from './openapi.ts';
import type { GeneratedFile, Generator } from './output.ts';
import { schemaConstants } from './schemas.ts';
import { settingsReference } from './settings.ts';

/** A new kind of generated file is one more entry here. */
export const generators: readonly Generator[] = [
  schemaConstants,
  goldenBytes,
  settingsReference,
  composeSettings,
  catalogueReference,
  asyncapiReference,
  openapiReference,
  accessReference,
  commandsReference,
  deviceCommandsReference,
  mqttConformance,
];

/** Where generated files live: whatever lies there and no generator makes is left over, and goes. */
const generatedPlaces: readonly string[] = ['libs/*/src/generated/**/*.*', 'docs/reference/**/*.*'];

export type Difference = { readonly path: string; readonly difference: string };
export type Generated = { readonly files: number; readonly differences: readonly Difference[] };

/**
 * Makes every generated file of the tree at `root` and compares it with the one that is there.
 * @returns how many files there should be, and the ones that differed (and, with `write`, no longer do).
 */
export const generateAll = async (
  root: string,
  { write }: { readonly write: boolean },
  made: readonly Generator[] = generators,
): Promise<Generated> => {
  const files: GeneratedFile[] = [];
  const differences: Difference[] = [];
  for (const generator of made) {
    // One at a time: a generator may import what an earlier one has just written.
    for (const file of await generator.generate(root)) {
      const formatted = { ...file, content: format(root, file) };
      files.push(formatted);
      const difference = compare(readIfThere(path.join(root, file.path)), formatted.content);
      if (difference === undefined) continue;
      differences.push({ path: file.path, difference });
      if (write) writeWhole(path.join(root, file.path), formatted.content);
    }
  }
  for (const leftOver of leftOvers(root, files)) {
    differences.push({ path: leftOver, difference: 'made by no generator any more' });
    if (write) rmSync(path.join(root, leftOver));
  }
  return { files: files.length, differences };
};

/** The formatter has the last word on code, so that generated files pass the same gates as the others. */
const format = (root: string, { path: file, content }: GeneratedFile): string => {
  if (!/\.(?:ts|json)$/.test(file)) return content;
  const biome = path.join(import.meta.dirname, '../../node_modules/.bin/biome');
  const result = spawnSync(biome, ['format', `--stdin-file-path=${file}`], {
    cwd: root,
    input: content,
    encoding: 'utf8',
    // The description of the API is longer than what is taken unless said.
    maxBuffer: 64 * 1_048_576,
  });
  if (result.status !== 0) throw new Error(`${file} could not be formatted: ${result.stderr}`);
  return result.stdout;
};

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const compare = (current: string | undefined, wanted: string): string | undefined => {
  if (current === wanted) return undefined;
  if (current === undefined) return 'missing';
  const have = new Set(current.split('\n'));
  const want = new Set(wanted.split('\n'));
  const added = [...want].filter((line) => !have.has(line));
  const gone = [...have].filter((line) => !want.has(line));
  const first = added[0] ?? gone[0];
  return `out of date (+${added.length} -${gone.length} lines${first === undefined ? '' : `, first: ${first.trim()}`})`;
};

const writeWhole = (file: string, content: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

const leftOvers = (root: string, files: readonly GeneratedFile[]): readonly string[] => {
  const made = new Set(files.map((file) => file.path));
  return generatedPlaces
    .flatMap((place) => globSync(place, { cwd: root }))
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !made.has(file));
};
