/** Where what devices say ends up. What is decided, and who was let in, is counted by nobody who counts messages. */
import { commandsSeenTopic, nodesTopic, readingsTopic } from '@plenum/ceiling';
import { quarantineTopic } from '@plenum/quarantine';

/** Topics that hold what devices reported, as the events that it was understood as. */
export const reportTopics: ReadonlySet<string> = new Set([readingsTopic.name, nodesTopic.name, commandsSeenTopic.name]);

/** The same, and what was not understood: everything that a bridge appends. */
export const deviceTopics: ReadonlySet<string> = new Set([...reportTopics, quarantineTopic.name]);
