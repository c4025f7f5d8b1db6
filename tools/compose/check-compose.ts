/** Holds docker-compose.yml to what tests run with, and to the house rules for containers. Starts nothing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, describeSettings, readConfig, type Settings } from '@plenum/config';
import { brokerProperties } from '../../libs/local-kafka/src/broker-settings.ts';
import { kafkaVersionUsual, registryReleases } from '../../libs/local-kafka/src/releases.ts';
import { type Compose, requiredIn, type Service } from './read-compose.ts';

export type Checked = {
  readonly compose: Compose;
  /** As it is written: whether a secret comes from outside can only be seen there. */
  readonly raw: Compose;
  /** The settings that each app declares, by the app's name; of one command alone, by that of its service. */
  readonly settings: Readonly<Record<string, Settings>>;
  /** Those that Compose takes from nobody, with the reason. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Whether a file that is mounted or named is in the tree. */
  readonly root: string;
};

/** Everything that is wrong, one line each. */
export const checkCompose = (checked: Checked): readonly string[] => [
  ...versions(checked.compose),
  ...kafkaSettings(checked.compose.services.kafka),
  ...Object.entries(checked.compose.services).flatMap(([name, service]) =>
    [
      ...published(service),
      ...mounted(service, checked),
      ...waiting(service, checked.compose),
      ...(service.build === undefined ? ended(service) : ours(name, service, checked)),
    ].map((problem) => `${name}: ${problem}`),
  ),
];

const versions = ({ services }: Compose): readonly string[] => {
  const wanted: Readonly<Record<string, string>> = {
    kafka: `apache/kafka:${kafkaVersionUsual}`,
    registry: `apicurio/apicurio-registry:${Object.keys(registryReleases)[0]}`,
    postgres: 'postgis/postgis:16-3.4',
  };
  const different = Object.entries(wanted).flatMap(([name, image]) => {
    const found = services[name]?.image;
    return found === image ? [] : [`${name}: runs ${found ?? 'nothing'}, and tests run ${image}`];
  });
  const loose = Object.entries(services).flatMap(([name, { image = '' }]) =>
    /:[^:/]+$/.test(image) && !image.endsWith(':latest') ? [] : [`${name}: ${image} is not one version`],
  );
  return [...different, ...loose];
};

/** What a container has to have of its own: addresses and places. */
const ofTheContainer = /^(?:node\.id|controller\.quorum|.*listener|log\.dirs|process\.roles)/;

/** Small and quick, for a broker that lives as long as a test. */
const ofTests = /^(?:broker\.(?:session|heartbeat)|num\.|log\.cleaner|.*num\.partitions$)/;

const kafkaSettings = (kafka: Service | undefined): readonly string[] => {
  const ports = { node: 1, broker: 0, controller: 0, secured: 0 };
  const tested = brokerProperties({
    version: kafkaVersionUsual,
    ports,
    all: [ports],
    dataDirectory: '',
    secured: undefined,
  });
  return tested
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
    .filter(([name]) => !ofTheContainer.test(name) && !ofTests.test(name))
    .flatMap(([name, value]) => {
      const variable = `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`;
      const found = kafka?.environment?.[variable];
      return found === value ? [] : [`kafka: ${variable} is ${found ?? 'not set'}, and tests run with ${value}`];
    });
};

const published = ({ ports = [] }: Service): readonly string[] =>
  ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${port} is open to other machines`);

const mounted = ({ volumes = [] }: Service, { compose, root }: Checked): readonly string[] =>
  volumes.flatMap((volume) => {
    const [source = '', , mode] = volume.split(':');
    if (!source.startsWith('.')) return source in compose.volumes ? [] : [`there is no volume ${source}`];
    const missing = existsSync(path.join(root, source)) ? [] : [`${source} is not in the tree`];
    return [...missing, ...(mode === 'ro' ? [] : [`${source} can be written to from the container`])];
  });

const waiting = ({ depends_on = {} }: Service, { services }: Compose): readonly string[] =>
  Object.entries(depends_on).flatMap(([name, { condition }]) => {
    const other = services[name];
    if (other === undefined) return [`waits for ${name}, which there is not`];
    const once = isOnce(other);
    if (condition === 'service_healthy' && other.healthcheck === undefined) return [`${name} never becomes healthy`];
    return once === (condition === 'service_completed_successfully') ? [] : [`waits for ${name} to be ${condition}`];
  });

/** Runs to its end and is not started again. */
const isOnce = ({ restart }: Service): boolean => restart === 'on-failure';

const ended = ({ healthcheck, restart, stop_grace_period }: Service): readonly string[] => [
  ...(healthcheck === undefined ? ['has no health check'] : []),
  ...(restart === 'unless-stopped' ? [] : ['is not started again']),
  ...(stop_grace_period === undefined ? ['has the ten seconds that Docker leaves it to end'] : []),
];

const ours = (name: string, service: Service, checked: Checked): readonly string[] => {
  const app = /^apps\/([\w-]+)\/src\/main\.ts$/.exec(service.command?.[0] ?? '')?.[1];
  const ofApp = app === undefined ? undefined : checked.settings[app];
  const settings = ofApp && (checked.settings[name] ?? ofApp);
  if (settings === undefined) return [`runs ${service.command?.join(' ')}, which is no app`];
  return [
    ...confined(service),
    ...(isOnce(service) ? [] : ended(service)),
    ...configured(service, settings),
    ...addressed(service, checked.compose),
    ...secrets(checked.raw.services[name], settings),
    ...passed(checked.raw.services[name], settings, checked.fixed),
  ];
};

const confined = (service: Service): readonly string[] => [
  ...(/^[1-9]\d*:[1-9]\d*$/.test(service.user ?? '') ? [] : [`runs as ${service.user ?? 'the user of its image'}`]),
  ...(service.read_only === true ? [] : ['can write to its image']),
  ...(service.cap_drop?.includes('ALL') ? [] : ['keeps capabilities']),
  ...(service.security_opt?.includes('no-new-privileges:true') ? [] : ['may gain privileges']),
];

/** The app reads the environment as it would there; every value that it takes decides which ports are open. */
const configured = (service: Service, settings: Settings): readonly string[] => {
  const environment = service.environment ?? {};
  const unknown = Object.keys(environment).filter((name) => !(name in settings));
  if (unknown.length > 0) return unknown.map((name) => `${name} is no setting of it`);
  try {
    const config: Readonly<Record<string, unknown>> = readConfig(settings, environment);
    const own = Object.entries(config)
      .filter(([name]) => /(?:^|_)PORT$/.test(name))
      .map(([, value]) => value);
    const drainMs = Number(config.BRIDGE_DRAIN_TIMEOUT ?? 0);
    return [
      ...(service.ports ?? [])
        .map((port) => Number(port.split(':').at(-1)))
        .filter((port) => !own.includes(port))
        .map((port) => `publishes ${port}, where it does not listen`),
      ...probed(service, own),
      ...(graceMs(service) > drainMs + 10_000 ? [] : [`is killed before it has drained (${drainMs} ms)`]),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ name, problem }) => `${name} ${problem}`);
  }
};

/** Inside their network containers have the names of their services, and Kafka only answers to what it advertises. */
const addressed = ({ environment = {} }: Service, { services }: Compose): readonly string[] => {
  const aliases = Object.values(services).flatMap(({ networks = {} }) =>
    Object.values(networks).flatMap((network) => network?.aliases ?? []),
  );
  const urls = Object.entries(environment).flatMap(([name, value]) => {
    const host = name.endsWith('_URL') ? new URL(value).hostname : undefined;
    return host === undefined || host in services || aliases.includes(host)
      ? []
      : [`${name} leads to ${host}, which there is not`];
  });
  const advertised = services.kafka?.environment?.KAFKA_ADVERTISED_LISTENERS?.split(',') ?? [];
  const brokers = environment.KAFKA_BROKERS?.split(',') ?? [];
  return [
    ...urls,
    ...brokers
      .filter((broker) => !advertised.some((listener) => listener.endsWith(`://${broker}`)))
      .map((broker) => `KAFKA_BROKERS has ${broker}, which Kafka does not advertise`),
  ];
};

const probed = (service: Service, own: readonly unknown[]): readonly string[] => {
  const port = service.healthcheck?.test[3];
  return port === undefined || own.includes(Number(port)) ? [] : [`is asked for its health at ${port}`];
};

const graceMs = ({ stop_grace_period = '10s' }: Service): number => Number.parseInt(stop_grace_period, 10) * 1000;

const secrets = (written: Service | undefined, settings: Settings): readonly string[] =>
  describeSettings(settings)
    .filter(({ secret }) => secret)
    .map(({ name }) => [name, written?.environment?.[name]] as const)
    .filter(([, value]) => value !== undefined && requiredIn(value).length === 0 && !/^\$\{\w+:-\}$/.test(value))
    .map(([name]) => `${name} is written in the file; it has to come from .env`);

/** Each setting is either fixed here, for a reason that is written down, or taken from .env. */
const passed = (written: Service | undefined, settings: Settings, fixed: Checked['fixed']): readonly string[] =>
  describeSettings(settings).flatMap(({ name, required }) => {
    const value = written?.environment?.[name];
    const optional = `\${${name}:-}`;
    if (Object.hasOwn(fixed, name)) return value === optional ? [`${name} is fixed, and taken from .env`] : [];
    if (value === undefined) return [`${name} is not taken from .env`];
    if (required ? requiredIn(value).includes(name) : value === optional) return [];
    return [`${name} is ${value}, and tools/compose/fixed-settings.ts does not say why`];
  });
