/** The option that says how the nodes of a simulation answer commands: `slow=0.1,never=0.05`, or `twice` for all of them. */
import type { Character, CharacterShares } from '@plenum/simulation';
import type { Option } from '../command-line/options.ts';

export const ways = ['prompt', 'slow', 'never', 'twice', 'error'] as const;
export type Way = (typeof ways)[number];

const characterOf: Readonly<Record<Way, Character>> = {
  ...({ prompt: 'prompt', slow: 'slow', never: 'silent', twice: 'twice', error: 'failing' } as const),
};

/** Of the nodes of a simulation, which know no others. */
export const wayOf = (character: Character): Way => ways.find((way) => characterOf[way] === character) ?? 'prompt';

export const answeringMix = (about: string): Option<CharacterShares | undefined> => ({
  about,
  placeholder: 'MIX',
  expected: `shares of nodes, together at most 1, such as slow=0.1,never=0.05, or one of ${ways.join(', ')} for all of them`,
  parse: (written) => {
    const shares = sharesIn(written);
    return shares === undefined ? undefined : { value: shares };
  },
  unset: { value: undefined, shown: undefined },
});

/** `undefined` where it is malformed. */
const sharesIn = (written: string): CharacterShares | undefined => {
  const parts = written.includes('=') ? written.split(',') : [`${written}=1`];
  const shares: Partial<Record<Character, number>> = {};
  let sum = 0;
  for (const part of parts) {
    const [, name, share = ''] = /^\s*([a-z]+)=(\d*\.?\d+)\s*$/.exec(part) ?? [];
    const way = ways.find((known) => known === name);
    if (way === undefined || shares[characterOf[way]] !== undefined) return undefined;
    shares[characterOf[way]] = Number(share);
    sum += Number(share);
  }
  // Shares such as 0.7, 0.2 and 0.1 are a little more than 1 in binary.
  return sum <= 1 + 1e-9 ? shares : undefined;
};
