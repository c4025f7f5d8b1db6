/** The OpenAPI document without a database: routes are declared, none is called. */
import { projections } from '@plenum/catalogue';
import { metricsRegistry } from '@plenum/metrics';
import { buildApp } from './app.ts';
import { queryApiSettings } from './config.ts';
import { readsOver } from './reads.ts';

const notHere = async (): Promise<never> => {
  throw new Error('The description of the API was asked to answer a request');
};
const notUsed = (): never => {
  throw new Error('The description of the API was asked to read or write an event');
};
const silent = (): void => undefined;

/** As served at `/api/v1/openapi.json` with the usual settings. */
export const openapiDocument = async (): Promise<object> => {
  const app = await buildApp({
    reads: readsOver(notHere, notHere),
    log: { positions: notHere, read: () => ({ [Symbol.asyncIterator]: () => ({ next: notHere }) }) },
    codec: { encode: notUsed, decode: notUsed, learn: notHere },
    projections,
    clock: { nowUs: () => 0 },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    metrics: metricsRegistry(),
    authentication: 'off',
    limits: {
      limitDefault: usual(queryApiSettings.API_PAGE_LIMIT),
      limitMax: usual(queryApiSettings.API_PAGE_LIMIT_MAX),
    },
    staleAfterS: usual(queryApiSettings.STALE_AFTER_S),
    streamLimits: { clientsMax: 1, clientsOfOneMax: 1, waitingBytesMax: 1, missedMax: 0 },
    mqttConnected: notHere,
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
};

const usual = ({ whenUnset }: (typeof queryApiSettings)['API_PAGE_LIMIT']): number => {
  if (whenUnset.rule === 'required') throw new Error('A setting of the API has no usual value');
  return whenUnset.value;
};
