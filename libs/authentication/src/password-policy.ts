/** Which passwords are taken. Length is what makes one hard to guess; the rest is for the ones that everybody tries. */
import { plainLogin } from '@plenum/access';
import { isTooLong, opaqueString, passwordCharactersMax } from '@plenum/credentials';

const charactersMin = 12;

/**
 * Why a password is not taken, as a sentence that does not repeat it; `undefined` when it is. Judged as it is hashed: in the
 * form of RFC 8265, so that neither spelling nor accents in two code points make it longer.
 */
export const passwordProblem = (password: string, login?: string): string | undefined => {
  if (isTooLong(password)) return `A password has at most ${passwordCharactersMax} characters.`;
  const prepared = opaqueString(password);
  if (prepared.outcome === 'unfit' && prepared.why !== 'empty') return unfitText[prepared.why];
  const characters = prepared.outcome === 'fit' ? [...prepared.text] : [];
  if (characters.length < charactersMin) return `A password has ${charactersMin} characters or more.`;
  if (new Set(characters).size < 5) return 'The password has too few different characters.';
  const plain = characters.join('').toLowerCase();
  if (login !== undefined && login.length > 3 && plain.includes(plainLogin(login))) {
    return 'The password has the login in it.';
  }
  return undefined;
};

const unfitText = {
  'ill-formed': 'The password has half a character in it, which is no text.',
  disallowed: 'The password has a character that no keyboard writes, such as a control character or an invisible one.',
  context: 'The password has a character that is only taken beside certain others.',
} as const;

/** Whether two texts are one password. */
export const isSamePassword = (one: string, other: string): boolean => formOf(one) === formOf(other);

const formOf = (password: string): string => {
  const prepared = opaqueString(password);
  return prepared.outcome === 'fit' ? prepared.text : password;
};
