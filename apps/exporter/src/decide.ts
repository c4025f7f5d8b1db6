/** How what became of an export is decided. */
import { type Command, plenumItself, type Receipt, type Refused } from '@plenum/event';
import { type Decisions, handleCommand, TransientFailure } from '@plenum/runtime';

/** The same id for the same thing asked again. @throws TransientFailure: whether it was decided is unknown then. */
export type Decide = (command: Command, id: string) => Promise<Receipt | Refused>;

export const decideIn =
  (decisions: Decisions): Decide =>
  async (command, id) => {
    const came = await handleCommand(decisions, command, { id, actor: plenumItself });
    if (came.outcome !== 'conflict') return came;
    throw new TransientFailure('conflict', `${came.stream} never stood still`);
  };
