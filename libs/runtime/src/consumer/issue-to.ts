/** Where the commands of reactions go: to the handler of commands, like everybody's. */
import { plenumItself } from '@plenum/event';
import type { Decisions } from '../commands/decisions.ts';
import { handleCommand } from '../commands/handle-command.ts';
import { TransientFailure } from '../errors.ts';
import type { Issue } from './issue.ts';

export const issueTo =
  (decisions: Decisions): Issue =>
  async (command, { id, trace }) => {
    const came = await handleCommand(decisions, command, { id, actor: plenumItself, trace });
    if (came.outcome === 'refused') return came;
    // Others were faster all the time. A reaction has nobody to answer, so it waits and asks again.
    if (came.outcome === 'conflict') throw new TransientFailure('conflict', `${came.stream} never stood still`);
    return { outcome: 'done', how: came.how };
  };
