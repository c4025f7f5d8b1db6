export { brokerSettings } from './broker-settings.ts';
export { brokerTls, pemFile } from './broker-tls.ts';
export { collectSooner } from './collect-sooner.ts';
export type { FoundationSettings } from './foundation-settings.ts';
export { withKeptSecrets } from './kept-secrets.ts';
export { refuseLostStore, StoreLost } from './lost-store.ts';
export { type AccessParts, type OpenAccess, openAccess } from './open-access.ts';
export { type AtBrokerConfig, type OpenAtBroker, openAtBroker } from './open-at-broker.ts';
export { type AuthorizedNodesParts, type OpenAuthorizedNodes, openAuthorizedNodes } from './open-authorized-nodes.ts';
export { openCodec } from './open-codec.ts';
export { type CommandWorkParts, type OpenCommandWork, openCommandWork } from './open-command-work.ts';
export { type DecisionsSettings, decisionTopics, type OpenDecisions, openDecisions } from './open-decisions.ts';
export { type FilesConfig, filesSettings, openFiles } from './open-files.ts';
export {
  type Foundation,
  type OpenLog,
  openExisting,
  openFoundation,
  openLog,
} from './open-foundation.ts';
export { type OpenPersons, openPersons, type PersonsSettings } from './open-persons.ts';
export { type OpenSessions, openSessions, type SessionsParts } from './open-sessions.ts';
export { type OwnDatabase, openOwnDatabase } from './own-database.ts';
export { type RebuildInline, rebuildInlineProjections } from './rebuild-inline-projections.ts';
export { registryOf } from './registry-of.ts';
export { runProcess } from './run-process.ts';
export { type AssemblyConfig, assemblySettings, logSettings } from './settings.ts';
