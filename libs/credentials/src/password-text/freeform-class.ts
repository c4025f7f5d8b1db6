/**
 * FreeformClass of RFC 8264: which characters a text for machines may have that people make up. What is said of each is
 * derived from its Unicode properties (section 8), as Node's Unicode knows them.
 */
import { joinsBack, joinsForward, joinsThrough, virama } from './joining.ts';

/** The first character that is not allowed where it stands; `undefined` when all are. */
export const firstUnfit = (text: string): 'disallowed' | 'context' | undefined => {
  if (allPlain.test(text)) return undefined;
  const characters = [...text];
  for (const [index, character] of characters.entries()) {
    const rule = ruleOf(character);
    if (rule !== undefined && !rule({ text, characters, index })) return 'context';
    if (rule === undefined && !allPlain.test(character)) return 'disallowed';
  }
  return undefined;
};

/**
 * PVALID and FREE_PVAL but for what depends on the context: letters, marks, digits, punctuation, symbols, spaces. Not
 * among them: ignorable code points, conjoining Hangul Jamo and the exceptions of RFC 5892, section 2.6. Controls,
 * surrogates, private use, noncharacters and what is not assigned have none of these categories.
 */
const allPlain =
  /^(?:(?![\p{Default_Ignorable_Code_Point}\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7C6\uD7CB-\uD7FB\u0640\u07FA\u302E\u302F\u3031-\u3035\u303B\u00B7\u0375\u05F3\u05F4\u30FB\u0660-\u0669\u06F0-\u06F9])[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}])+$/u;

/** Rules are asked once for each such character: what they look for in the whole text is one question to it. */
type Place = { readonly text: string; readonly characters: readonly string[]; readonly index: number };
type ContextRule = (place: Place) => boolean;

const before = ({ characters, index }: Place): string => characters[index - 1] ?? '';
const after = ({ characters, index }: Place): string => characters[index + 1] ?? '';

const arabicDigit = /[\u0660-\u0669]/;
const extendedArabicDigit = /[\u06F0-\u06F9]/;

/** CONTEXTJ and CONTEXTO: RFC 5892, appendix A. */
const ruleOf = (character: string): ContextRule | undefined => {
  if (arabicDigit.test(character)) return ({ text }) => !extendedArabicDigit.test(text);
  if (extendedArabicDigit.test(character)) return ({ text }) => !arabicDigit.test(text);
  return contextRules.get(character);
};

const contextRules: ReadonlyMap<string, ContextRule> = new Map<string, ContextRule>([
  // Zero width non-joiner.
  ['\u200C', (place) => virama.test(before(place)) || isBetweenJoining(place)],
  // Zero width joiner.
  ['\u200D', (place) => virama.test(before(place))],
  // Middle dot, as in Catalan.
  ['\u00B7', (place) => before(place) === 'l' && after(place) === 'l'],
  // Greek keraia.
  ['\u0375', (place) => /\p{Script=Greek}/u.test(after(place))],
  // Hebrew geresh and gershayim.
  ['\u05F3', (place) => /\p{Script=Hebrew}/u.test(before(place))],
  ['\u05F4', (place) => /\p{Script=Hebrew}/u.test(before(place))],
  // Katakana middle dot.
  ['\u30FB', ({ text }) => /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text)],
]);

const isBetweenJoining = (place: Place): boolean =>
  joinsForward.test(nearest(place, -1)) && joinsBack.test(nearest(place, 1));

/** The next character that way that marks do not count as. */
const nearest = ({ characters, index }: Place, step: 1 | -1): string => {
  let at = index + step;
  while (joinsThrough.test(characters[at] ?? '')) at += step;
  return characters[at] ?? '';
};
