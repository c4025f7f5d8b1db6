/** Which passwords are taken. Length is what makes one hard to guess; the rest is for the ones that everybody tries. */

const charactersMin = 12;
/** Nobody types more, and hashing has an end. */
export const passwordCharactersMax = 1024;

/** Why a password is not taken, as a sentence that does not repeat it; `undefined` when it is. */
export const passwordProblem = (password: string, login?: string): string | undefined => {
  const characters = [...password].length;
  if (characters < charactersMin) return `A password has ${charactersMin} characters or more.`;
  if (password.length > passwordCharactersMax) return `A password has at most ${passwordCharactersMax} characters.`;
  if (new Set(password).size < 5) return 'The password has too few different characters.';
  const plain = password.toLowerCase();
  if (login !== undefined && login.length > 3 && plain.includes(login.toLowerCase())) {
    return 'The password has the login in it.';
  }
  return undefined;
};
