/** Our OpaqueString against an independent one: precis-i18n of PyPI, over all code points and over texts of chance. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { opaqueString } from '@plenum/credentials';
import fc from 'fast-check';
import { pythonEnvironment } from '../examples/python-environment.ts';

const { python, skip } = await pythonEnvironment(path.join(import.meta.dirname, 'requirements.txt'));

type Oracle = { readonly enforced: readonly (string | null)[]; readonly unassigned: readonly number[] };

const askOracle = async (texts: readonly string[]): Promise<Oracle> => {
  const asked = spawn(python ?? '', [path.join(import.meta.dirname, 'oracle.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  asked.stdin.end(JSON.stringify(texts));
  return JSON.parse(await text(asked.stdout)) as Oracle; // As `oracle.py` writes it.
};

const ours = (raw: string): string | null => {
  const prepared = opaqueString(raw);
  return prepared.outcome === 'fit' ? prepared.text : null;
};

const show = (raw: string): string => [...raw].map((one) => `U+${one.codePointAt(0)?.toString(16)}`).join(' ');

/** The oracle has its own Unicode: a character that only one of the two knows is not compared. */
const knownToBoth = ({ unassigned }: Oracle) => {
  const unknown = new Set(unassigned);
  return (raw: string): boolean =>
    [...raw].every((one) => unknown.has(one.codePointAt(0) ?? 0) === /\p{Cn}/u.test(one) || isNoncharacter(one));
};
/** Of category Cn for both, and said to be so by its number alone. */
const isNoncharacter = (one: string): boolean => /\p{Noncharacter_Code_Point}/u.test(one);

const compare = async (texts: readonly string[], leastCompared: number): Promise<void> => {
  const oracle = await askOracle(texts);
  const known = knownToBoth(oracle);
  let compared = 0;
  const differ: string[] = [];
  for (const [index, raw] of texts.entries()) {
    if (!known(raw)) continue;
    compared += 1;
    const theirs = oracle.enforced[index] ?? null;
    if (ours(raw) !== theirs) differ.push(`${show(raw)}: ${ours(raw)}, and not ${theirs}`);
  }
  assert.deepEqual(differ.slice(0, 20), [], `${differ.length} differ`);
  assert.ok(compared >= leastCompared, `only ${compared} of ${texts.length} could be compared`);
};

const allCodePoints = Array.from({ length: 0x11_0000 }, (_, codePoint) => String.fromCodePoint(codePoint));

/** Characters that rules are about, so that chance meets the rules. */
const noted = [
  ...'l·\u0375α\u05F3\u05F4א\u30FBア字a\u0660\u0669\u06F0\u06F9\u200C\u200D\u094D\u0915\u0628\u0627\uA872\u0301\u0300e \u00A0\u3000',
  ...[
    '\u1100',
    '\u1161',
    '\u11A8',
    '\u0640',
    '\uD800',
    '\uDC00',
    '\0',
    '\u{1E94B}',
    '\u212B',
    'ﬁ',
    '\u{1F600}',
    '\uFE0F',
  ],
];

describe('a password as RFC 8265 prepares it', { skip }, () => {
  it('is what precis-i18n makes of every code point by itself', () => compare(allCodePoints, 1_100_000));

  it('is what precis-i18n makes of every code point between letters, and after a mark', () =>
    compare(
      allCodePoints.flatMap((one, codePoint) => (codePoint < 0x1_2000 ? [`a${one}b`, `\u0915\u094D${one}`] : [])),
      140_000,
    ));

  it('is what precis-i18n makes of texts of chance', async () => {
    const character = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...noted) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    );
    const texts = fc.sample(
      fc.array(character, { maxLength: 8 }).map((all) => all.join('')),
      { numRuns: 60_000, seed: 8265 },
    );
    await compare(texts, 58_000);
  });
});
