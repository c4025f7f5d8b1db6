/** What others need to test what they make of nodes and commands to them. */
export * as commandEvents from '../commands/command-events.ts';
export {
  acknowledgeCommands,
  answerCommand,
  claimCommands,
} from '../commands/device-commands.ts';
export { attemptsMax, leadUs, retryAtUs } from '../commands/timing.ts';
export { atBrokerContract, type OpenAtBroker } from './at-broker-contract.ts';
export { type MemoryAtBroker, memoryAtBroker } from './memory-at-broker.ts';
export { routeExpectations } from './route-expectations.ts';
export { identities, type TopicCase, topicMatrix } from './topic-matrix.ts';
