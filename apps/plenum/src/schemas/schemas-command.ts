/** The deploy step that gives every schema of the catalogue its id, and the question which of them have one. */
import { events } from '@plenum/catalogue';
import { ConfigError, readConfig } from '@plenum/config';
import { createLogger } from '@plenum/metrics';
import type { Listed, RegistryClient } from '@plenum/registry';
import { defineCommand, type Surroundings } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';
import { settings } from './settings.ts';

const json = flag('One JSON object on standard output.');

export const schemasRegister = defineCommand({
  name: 'schemas register',
  summary: 'Register the schemas of all events at the schema registry, before anything is deployed.',
  about:
    'Registers every version of every event at SCHEMA_REGISTRY_URL, oldest first, each under a subject that is held ' +
    'to FULL_TRANSITIVE compatibility. What is registered stays as it is, so it may be done again. A registry that ' +
    'does not answer is waited for.\n\n' +
    'Exit code 0 when all are registered, 1 when the registry refuses one; the reason names it.',
  options: { json },
  examples: ['schemas register'],
  run: (values, surroundings) =>
    withRegistry(surroundings, async (client) => {
      const { registerSchemas } = await import('@plenum/registry');
      return tellOf(await registerSchemas(client, events), values.json, surroundings);
    }),
});

export const schemasList = defineCommand({
  name: 'schemas list',
  summary: 'Say which schemas are registered, and under which ids.',
  about:
    'Asks SCHEMA_REGISTRY_URL for every version of every event. Changes nothing.\n\n' +
    'Exit code 0 when all are registered, 1 when some are not.',
  options: { json },
  examples: ['schemas list --json'],
  run: (values, surroundings) =>
    withRegistry(surroundings, async (client) => {
      const { listSchemas } = await import('@plenum/registry');
      return tellOf(await listSchemas(client, events), values.json, surroundings);
    }),
});

const withRegistry = async (
  { environment, stop }: Surroundings,
  work: (client: RegistryClient) => Promise<number>,
): Promise<number> => {
  const config = readConfig(settings, environment);
  const [{ registryOf }, { untilBack }] = await Promise.all([import('@plenum/assembly'), import('@plenum/registry')]);
  const client = await registryOf(config);
  if (client === undefined) {
    throw new ConfigError([{ name: 'SCHEMA_REGISTRY_URL', problem: 'is missing: there is no registry to ask.' }]);
  }
  const logger = createLogger({ name: 'schemas', level: config.LOG_LEVEL, to: 'stderr' });
  return untilBack(() => work(client), { logger, stop });
};

const tellOf = async (listed: readonly Listed[], asJson: boolean, { out }: Surroundings): Promise<number> => {
  if (asJson) await out(`${JSON.stringify({ schemas: listed.map(toJson) })}\n`);
  else await out(listed.map(lineOf).join(''));
  return listed.every(({ id }) => id !== undefined) ? 0 : 1;
};

const toJson = ({ subject, version, id }: Listed): object => ({ subject, version, id: id ?? null });

const lineOf = ({ subject, version, id }: Listed): string =>
  `${subject} v${version}: ${id === undefined ? 'not registered' : `id ${id}`}\n`;
