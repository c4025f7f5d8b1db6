/** How commands about users, keys and sessions are handled here. */
import type { Handled } from '@plenum/access';
import type { Command, CommandMetadata, NotDone, Receipt } from '@plenum/event';

export type Handle = (command: Command, metadata: CommandMetadata) => Handled;

/** Whether this command was carried out before. @throws TransientFailure */
export type IsKnown = (
  command: Pick<Command, 'name' | 'stream' | 'newId'>,
  metadata: Pick<CommandMetadata, 'actor' | 'id'>,
) => Promise<boolean>;

/** What was made, for the command that has just made it. */
export const withSecret = (
  done: Receipt | NotDone,
  secret: string | undefined,
): (Receipt & { readonly secret: string | undefined }) | NotDone =>
  done.outcome === 'done' ? { ...done, secret: done.how === 'recorded' ? secret : undefined } : done;
