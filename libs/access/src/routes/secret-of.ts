import type { HandledSecret } from '../ports/handled.ts';

/** A secret is given to the caller that asked for it, this once. */
export const secretOf = (done: Awaited<HandledSecret>): string | null =>
  done.outcome === 'done' ? (done.secret ?? null) : null;
