/** Settings of the API: where it listens, how much one answer may hold, and what counts as stale. */

import { brokerSettings, filesSettings, logSettings } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { durationMs, int, list, origins, port, processSettings, text, url } from '@plenum/config';

export const queryApiSettings = {
  HTTP_HOST: text({
    about:
      'Where the API listens, in plain HTTP: on all addresses, unless set otherwise; that of `demo` on this machine alone. It asks everybody who they are.',
    example: '127.0.0.1',
    fallback: '0.0.0.0',
  }),
  PORT: port({ about: 'The port of the API.', example: '5000', fallback: 8000 }),
  TRUSTED_PROXIES: list({
    about:
      'Addresses and networks of proxies in front of the API. Of requests that come from them, `X-Forwarded-For` is believed; of no others.',
    example: '10.0.0.0/8,::1',
    fallback: [],
  }),
  CORS_ORIGINS: origins({
    about: 'Origins whose pages may call the API from a browser; `*` for all. Without it none, but its own page.',
    example: 'https://plans.example.com',
    fallback: [],
    orAny: true,
  }),
  STALE_AFTER_S: int({
    about: 'A node is stale when neither it nor any of its sensors was heard of for this many seconds.',
    fallback: 300,
    min: 1,
  }),
  API_POOL_MAX: int({
    about: 'Database connections that the API reads with, at most; an eighth of what the server has, if that is less.',
    ...{ fallback: 20, min: 2, max: 20 },
  }),
  API_PAGE_LIMIT: int({ about: 'Items on a page when the client does not say.', fallback: 100, min: 1, max: 1000 }),
  API_PAGE_LIMIT_MAX: int({ about: 'Items on a page, at most.', fallback: 1000, min: 1, max: 10_000 }),
  API_QUERY_TIMEOUT: durationMs({
    about: 'A query that takes longer is given up and answered with 503.',
    fallback: 10_000,
    min: 100,
  }),
  STREAM_CLIENTS_MAX: int({
    about: 'Clients of the live stream (`GET /api/v1/stream`) at one process, at most; others are answered with 503.',
    ...{ fallback: 5_000, min: 1, max: 50_000 },
  }),
  STREAM_CLIENTS_OF_ONE_MAX: int({
    about: 'How many of them may be of one user or key.',
    ...{ fallback: 100, min: 1, max: 50_000 },
  }),
  STREAM_WAITING_BYTES_MAX: int({
    about:
      'Bytes that may wait in the process for one client of the live stream; one that takes them too slowly is ended.',
    ...{ fallback: 1_048_576, min: 65_536, max: 67_108_864 },
  }),
  STREAM_MISSED_MAX: int({
    about:
      'Records that a client of the live stream may be behind when it comes back; one further behind is sent `resync`.',
    ...{ fallback: 2_000_000, min: 0 },
  }),
};

/** Everything `main.ts` reads: the above, the settings of every process, and what an API by itself cannot see or has to reach. */
export const settings = {
  ...processSettings,
  ...logSettings,
  ...authenticationSettings,
  ...filesSettings,
  ...brokerSettings,
  ...queryApiSettings,
  API_MQTT_URL: url({
    about: 'The MQTT listener or broker whose state clients of the replaced system get, when the API runs by itself.',
    schemes: ['mqtt', 'mqtts', 'ws', 'wss'],
    fallback: 'mqtt://127.0.0.1:1883',
  }),
};
