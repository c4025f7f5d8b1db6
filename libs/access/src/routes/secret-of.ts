import type { HandledSecret } from '../ports/handled.ts';

/** A secret is told to whoever asked for it, this once. */
export const secretOf = (done: Awaited<HandledSecret>): string | null =>
  done.outcome === 'done' ? (done.secret ?? null) : null;
