/** Keys that were just looked up, within bounds; those that were looked up the longest ago go first. */
import type { Timer } from '../timer.ts';
import type { FoundKey } from './found-key.ts';

export type RememberedKeys = {
  get(person: string): FoundKey | undefined;
  /** Call before a question, and with each of its answers what this returns: one that was overtaken is not kept. */
  asking(): (person: string, key: FoundKey) => void;
  /** Of one person, or of all. */
  forget(person: string | undefined): void;
};

export type RememberedLimits = {
  /** How long a key is used unasked, when notice of its end gets lost. */
  readonly freshMs: number;
  readonly keysMax: number;
};

export const rememberedKeys = (timer: Timer, { freshMs, keysMax }: RememberedLimits): RememberedKeys => {
  const keys = new Map<string, { readonly key: FoundKey; readonly atMs: number }>();
  let forgotten = 0;
  return {
    get: (person) => {
      const found = keys.get(person);
      return found !== undefined && timer.nowMs() - found.atMs < freshMs ? found.key : undefined;
    },
    asking: () => {
      const atMs = timer.nowMs();
      const before = forgotten;
      return (person, key) => {
        if (forgotten !== before) return;
        keys.delete(person);
        keys.set(person, { key, atMs });
        const [oldest] = keys.keys();
        if (keys.size > keysMax && oldest !== undefined) keys.delete(oldest);
      };
    },
    forget: (person) => {
      forgotten += 1;
      if (person === undefined) keys.clear();
      else keys.delete(person);
    },
  };
};
