/** What comes of commands about users, keys and sessions. */
import type { NotDone, Receipt } from '@plenum/event';

/** Rejects with TransientFailure when the database is away; asking again with the same id is then safe. */
export type Handled = Promise<Receipt | NotDone>;

/** `secret` is given once: there is none when the command is `known` or did not make one. */
export type HandledSecret = Promise<(Receipt & { readonly secret: string | undefined }) | NotDone>;
