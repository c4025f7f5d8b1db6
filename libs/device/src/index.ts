export { deviceSchema } from './authorization/authorized-nodes.ts';
export { type AuthorizedNode, type AuthorizedNodeReads, authorizedNodeReads } from './authorization/reads.ts';
export { type Proof, type SignedIn, signIn, stillHolds } from './authorization/sign-in.ts';
export type { AtBroker, NamesAtBroker } from './broker/at-broker.ts';
export { namesOfNode, nodeRepair } from './broker/node-repair.ts';
export { type Provisioned, type Provisioning, provision } from './broker/provision.ts';
export type { BrokerCommand } from './broker/repair.ts';
export {
  type BrokerAcl,
  type BrokerClient,
  type BrokerRole,
  nodeOfClient,
  nodeOfRole,
  type RightsAtBroker,
} from './broker/rights-at-broker.ts';
export { type SettledNode, settleNodes } from './broker/settle-nodes.ts';
export { askForCommand, type CommandAsked } from './commands/ask-for-command.ts';
export { commandStream } from './commands/command-events.ts';
export { commandFaults } from './commands/command-faults.ts';
export { type CommandMessage, commandMessage } from './commands/command-message.ts';
export { commandRules } from './commands/command-rules.ts';
export { type CommandState, commandStates, type FinalState, finalStates, isFinal } from './commands/command-states.ts';
export { commandsProjection } from './commands/commands-projection.ts';
export {
  acknowledgeCommands,
  cancelCommand,
  claimCommands,
  commandNotTaken,
  requestCommand,
  requestGroupCommand,
  timeOutCommand,
} from './commands/device-commands.ts';
export { childId } from './commands/group-children.ts';
export { nodeAnswers } from './commands/node-answers.ts';
export {
  type DueCommand,
  type OpenCommandReads,
  openCommandReads,
  type SendableCommand,
} from './commands/open-command-reads.ts';
export { openCommandChannel } from './commands/open-commands.ts';
export { type CommandReads, type CommandShown, commandReads } from './commands/reads.ts';
export { targetReads } from './commands/target-reads.ts';
export { device } from './domain.ts';
export { deviceTables } from './inline.ts';
export { assignCertificate } from './issuing/assign-certificate.ts';
export { type EnrollingLines, enrolLines, type LineResult } from './issuing/enrol-lines.ts';
export { type IssuedKey, type IssuingParts, issueKey, type NotProvisioned } from './issuing/issue-key.ts';
export { enrolledNodesProjection } from './nodes/enrolled-nodes-projection.ts';
export {
  changeNode,
  enrolNode,
  issueNodeKey,
  revokeNodeKey,
  setNodeCertificate,
  standNode,
} from './nodes/node-commands.ts';
export type { NodeDescription } from './nodes/node-events.ts';
export { nodeIdProblem } from './nodes/node-id.ts';
export { type NodeLine, nodeColumns, nodeTable } from './nodes/node-table.ts';
export {
  commandTopic,
  type NodeTopics,
  nodeOfCommandTopic,
  nodeOfRegistrationTopic,
  nodeTopics,
  registrationTopic,
  responsesTopicOf,
} from './nodes/node-topics.ts';
export { type NamedNode, nodeNamedBy, nodeUserName } from './nodes/node-user-name.ts';
export { type Enrolment, enrolmentReads, enrolmentStates } from './nodes/reads.ts';
export { presenceProjection } from './presence/device-presence.ts';
export {
  ClientConnected,
  type ClientConnectedData,
  ClientDisconnected,
  type ClientDisconnectedData,
  ClientSeen,
  type ClientSeenData,
} from './presence/presence-events.ts';
export type { PresenceRow } from './presence/presence-table.ts';
export type { Presence, PresenceAsked, PresenceReads } from './presence/reads.ts';
export type { RefusedClient, RefusedClientReads, RefusedClientsAsked } from './refusals/reads.ts';
export { ClientRefused, type ClientRefusedData } from './refusals/refusal-events.ts';
export type { RefusedClientsRow } from './refusals/refusal-tables.ts';
export { refusedClientsProjection } from './refusals/refused-clients.ts';
export {
  type Decision as RegistrationDecision,
  type PublishedState,
  type Retained as RetainedRegistration,
  registrationDecision,
} from './registration/decision.ts';
export { ownDigest, registrationOf, type TextDigest } from './registration/payload.ts';
export {
  type RegistrationReads,
  registrationReads,
  type SettledRegistration,
  type WantedRegistration,
} from './registration/reads.ts';
export { presenceTopic } from './topics.ts';
