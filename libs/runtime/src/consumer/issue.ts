/** How commands are handed to their deciders by what is no client: reactions, timers, senders. */
import type { Command, Trace } from '@plenum/event';

/** What goes with a command that nobody asked for over HTTP. */
export type IssuedBy = {
  /** The command's. Asked again with the same id, nothing happens twice. */
  readonly id: string;
  /** The reaction's name: in whose name it is asked for. */
  readonly reaction: string;
  readonly trace: Trace;
};

export type Issued =
  /** `known`: it was recorded before. `unchanged`: what it asks for is so already. */
  | { readonly outcome: 'done'; readonly how: 'recorded' | 'known' | 'unchanged' }
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string };

/** Hands a command to its decider. @throws TransientFailure when nobody knows what came of it: it is asked again. */
export type Issue = (command: Command, by: IssuedBy) => Promise<Issued>;
