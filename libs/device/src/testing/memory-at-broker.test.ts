import { atBrokerContract } from './at-broker-contract.ts';
import { memoryAtBroker } from './memory-at-broker.ts';

atBrokerContract('a broker in memory', async () => memoryAtBroker());
