/** Where what devices say ends up. What is decided, and who was let in, is counted by nobody who counts messages. */
import { domains } from '@plenum/catalogue';
import { quarantineTopic } from '@plenum/quarantine';

/** Topics that hold what devices reported, as the events that it was understood as. */
export const reportTopics: ReadonlySet<string> = new Set(
  domains
    .flatMap(({ translate, topics }) => (translate === undefined ? [] : topics))
    .filter(({ holds }) => holds === 'observations')
    .map(({ name }) => name),
);

/** The same, and what was not understood: everything that a bridge appends. */
export const deviceTopics: ReadonlySet<string> = new Set([...reportTopics, quarantineTopic.name]);
