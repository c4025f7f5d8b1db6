/**
 * All of Plenum as it is really started, each program a process of its own with the settings it has by default: bridge,
 * projector, reactor and API, on a log and a database that are empty.
 */
import { assemblySettings, openCodec, openFoundation } from '@plenum/assembly';
import { readConfig } from '@plenum/config';
import { freePort, freePorts } from '@plenum/runtime';
import { type ApiHeaders, issueSiteKey, type SiteSecrets, siteSecrets } from '../../chaos/site/api-key.ts';
import { type LogKind, type LogPlace, loudLogger } from '../machine/place.ts';
import type { Program } from '../machine/program.ts';
import type { Watched } from '../machine/usage.ts';
import type { World } from '../world.ts';
import { type Arrivals, openArrivals } from './arrivals.ts';

/** `listen`: devices connect to the bridge. `connect`: to a Mosquitto that the bridge subscribes at. */
export type Inlet = 'listen' | 'connect';

export type Site = {
  readonly bridge: Program;
  readonly projector: Program;
  readonly reactor: Program;
  readonly api: Program;
  readonly apiUrl: string;
  /** What requests to the API are let in with. */
  readonly apiHeaders: ApiHeaders;
  /** Where devices connect. */
  readonly mqttPort: number;
  /** Its name on the server, and where it is. */
  readonly database: string;
  readonly databaseUrl: string;
  readonly arrivals: Arrivals;
  /** What is counted: every process of Plenum, and PostgreSQL with all that belongs to it. */
  counted(): readonly Watched[];
  /** What belongs to it and is shown beside: a Kafka broker and a Mosquitto that somebody has in any case. */
  besides(): readonly Watched[];
  /** What a Kafka broker of it has on disk; 0 without one. */
  brokerBytes(): Promise<number>;
  stop(): Promise<void>;
};

const database = 'bench_site';

export const startSite = async (world: World, log: LogKind, inlet: Inlet = 'listen'): Promise<Site> => {
  const opened = new AsyncDisposableStack();
  try {
    const server = await world.postgres();
    const databaseUrl = await server.emptyDatabase(database);
    const kafka = log === 'kafka' ? await world.kafkaOfOne() : undefined;
    if (kafka !== undefined) opened.defer(kafka.stop);
    const mosquitto = inlet === 'connect' ? await world.mosquittoOfOne() : undefined;
    if (mosquitto !== undefined) opened.defer(mosquitto.stop);
    const place: LogPlace =
      kafka === undefined ? { kind: 'postgres', url: databaseUrl } : { kind: 'kafka', brokers: kafka.brokers };
    const environment = {
      DATABASE_URL: databaseUrl,
      ...(place.kind === 'kafka' && { LOG: 'kafka', KAFKA_BROKERS: place.brokers.join(',') }),
    };
    const secrets = siteSecrets();
    const mqttPort = mosquitto?.port ?? (await freePort());
    const wanted = await programsOf({ mqttPort, inlet, environment, secrets });
    const programs = wanted.programs.map((one) => world.program(one));
    for (const program of programs) opened.defer(program.stop);
    for (const program of programs) await program.ready();
    const [bridge, projector, reactor, api] = programs as [Program, Program, Program, Program]; // As `programsOf` has them.
    const apiHeaders = await issueKey(environment, secrets);
    const arrivals = await openArrivals(place, databaseUrl);
    opened.defer(arrivals.close);
    return {
      ...{
        bridge,
        projector,
        reactor,
        api,
        apiUrl: wanted.apiUrl,
        apiHeaders,
        mqttPort,
        database,
        databaseUrl,
        arrivals,
      },
      counted: () => [...programs.map((program) => program.watched()), server.watched()],
      besides: () => [...(kafka?.watched() ?? []), ...(mosquitto === undefined ? [] : [mosquitto.watched])],
      brokerBytes: async () => (await kafka?.bytes()) ?? 0,
      stop: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
};

type Wanted = {
  readonly mqttPort: number;
  readonly inlet: Inlet;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: SiteSecrets;
};

/** Bridge, projector, reactor and API, in this order. */
const programsOf = async ({ mqttPort, inlet, environment, secrets }: Wanted) => {
  const [bridge = 0, projector = 0, reactor = 0, api = 0, webSocket = 0] = await freePorts(5);
  const mqtt: Readonly<Record<string, string>> =
    inlet === 'connect'
      ? { MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${mqttPort}` }
      : { MQTT_PORT: String(mqttPort), MQTT_WS_PORT: String(webSocket) };
  const own = { PLENUM_MASTER_KEY: secrets.PLENUM_MASTER_KEY };
  const http = { HTTP_HOST: '127.0.0.1', PORT: String(api), API_MQTT_URL: `mqtt://127.0.0.1:${mqttPort}` };
  const probed = (port: number): string => `http://127.0.0.1:${port}/health/ready`;
  const apiUrl = `http://127.0.0.1:${api}`;
  const programs = [
    {
      ...{ name: 'bridge', app: 'mqtt-bridge', readyUrl: probed(bridge) },
      environment: { ...environment, ...mqtt, BRIDGE_PROBES_PORT: String(bridge) },
    },
    {
      ...{ name: 'projector', app: 'projector', readyUrl: probed(projector) },
      environment: { ...environment, PROJECTOR_PROBES_PORT: String(projector) },
    },
    {
      ...{ name: 'reactor', app: 'reactor', readyUrl: probed(reactor) },
      environment: { ...environment, ...own, REACTOR_PROBES_PORT: String(reactor) },
    },
    {
      ...{ name: 'query-api', app: 'query-api', readyUrl: `${apiUrl}/api/v1/health/live` },
      environment: { ...environment, ...secrets, ...http },
    },
  ];
  return { programs, apiUrl };
};

const issueKey = async (environment: Readonly<Record<string, string>>, secrets: SiteSecrets): Promise<ApiHeaders> => {
  const config = readConfig(assemblySettings, environment);
  const [logger, stop] = [loudLogger, new AbortController().signal];
  const foundation = await openFoundation({ applicationName: 'bench', connectionsMax: 4, config, logger, stop });
  try {
    const codec = await openCodec({ config, logger, stop });
    return await issueSiteKey({ foundation, codec, secrets, logger });
  } finally {
    await foundation.close();
  }
};
