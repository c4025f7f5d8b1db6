import type { Numbers } from '@plenum/simulation';
import type { Site } from '../site/site.ts';

/** One thing that goes wrong, and is over after a while. */
export type Fault = {
  readonly kind: string;
  /** In a few words, for the list of kinds. */
  readonly about: string;
  /** Why it cannot happen on this site; `undefined` when it can. */
  readonly impossible?: (site: Site) => string | undefined;
  /** What a broker of somebody else acknowledged may be lost with it; it is counted apart. */
  readonly forgetful?: boolean;
  /** The bridges keep their session with the broker all the while. */
  readonly keepsSession?: true;
  /**
   * Does it, and settles when it is over: from then on the site has to recover. Says what it does when it does it.
   * @returns what did not hold meanwhile, in words.
   */
  readonly happen: (
    site: Site,
    numbers: Numbers,
    say: (what: string) => void,
  ) => Promise<readonly string[] | undefined>;
};

export const onLinuxOnly = (): string | undefined =>
  process.platform === 'linux' ? undefined : 'needs Linux to find the processes of the server';
