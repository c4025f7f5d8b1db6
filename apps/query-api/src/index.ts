export { type AppParts, buildApp } from './app.ts';
export { queryApiSettings } from './config.ts';
export { tellFirstAdministrator } from './first-administrator.ts';
export { openapiDocument } from './openapi-document.ts';
export type { BridgeCounters } from './routes/projection/balance.ts';
export { type QueryApiConfig, type QueryApiParts, runQueryApi } from './run.ts';
