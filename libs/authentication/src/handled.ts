/** How commands about users, keys and sessions are handled here, and what they come to. */
import type { Command, CommandMetadata } from '@plenum/event';
import type { NotDone, Receipt } from '@plenum/runtime';

/** Rejects with TransientFailure when the database is away; asking again with the same id is then safe. */
export type Handled = Promise<Receipt | NotDone>;

/** `secret` is shown once: there is none when the command is `known` or did not make one. */
export type HandledSecret = Promise<(Receipt & { readonly secret: string | undefined }) | NotDone>;

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
