/** What is written in the transaction of decisions about nodes and commands: who may sign in, and what is still to be done. */
import type { InlineProjection } from '@plenum/read-model';
import { authorizedNodeStatements, authorizedNodeSteps, deviceSchema } from './authorization/authorized-nodes.ts';
import { openCommandNotices, openCommandStatements, openCommandSteps } from './commands/open-commands.ts';
import { publishedRegistrationSteps } from './registration/published-registration.ts';

export const deviceTables: InlineProjection = {
  schema: deviceSchema,
  steps: [...authorizedNodeSteps, openCommandSteps, publishedRegistrationSteps],
  tables: ['authorized_node', 'open_command'],
  statements: (event) => [...authorizedNodeStatements(event), ...openCommandStatements([event])],
  together: (events) => [...events.flatMap(authorizedNodeStatements), ...openCommandStatements(events)],
  notices: openCommandNotices,
};
