import { defineTopic } from '@plenum/event';

export const accessTopic = defineTopic({
  name: 'plenum.access.decisions',
  about: 'Users, API keys and sessions: what was decided about them. Nothing in it works as a credential.',
  keyedBy: 'stream',
  holds: 'decisions',
});

export const credentialHashesTopic = defineTopic({
  name: 'plenum.access.credential-hashes',
  about: 'What passwords and API keys are checked against, encrypted with a master key that is not in the log.',
  keyedBy: 'stream',
  holds: 'decisions',
});

export const securityTopic = defineTopic({
  name: 'plenum.access.security',
  about: 'Who was let in and who was not.',
  keyedBy: 'identity, or the address where none was made out',
});
