/** The kinds of option a command takes. Each says how it is written, what it means, and what holds without it. */

export type Option<T = unknown> = {
  readonly about: string;
  /** One letter that means the same: `-i`. */
  readonly short?: string;
  /** What stands for its value in the help; an option without one is a flag. */
  readonly placeholder: string | undefined;
  /** Completes "--rate must be …". */
  readonly expected: string;
  readonly parse: (written: string) => Parsed<T>;
  readonly unset: { readonly value: T; readonly shown: string | undefined } | 'required';
};

/** `undefined` when the text is malformed. */
type Parsed<T> = { readonly value: T } | undefined;

export type Options = Readonly<Record<string, Option>>;
export type Values<O extends Options> = { readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never };

type Declared<T> = { readonly about: string; readonly fallback: T };

/** Given or not. */
export const flag = (about: string): Option<boolean> => ({
  about,
  placeholder: undefined,
  expected: 'given without a value',
  parse: () => undefined,
  unset: { value: false, shown: undefined },
});

/** Given or not, by its name or by one letter. */
export const shortFlag = (short: string, about: string): Option<boolean> => ({ ...flag(about), short });

/** A whole number. */
export const whole = ({ about, fallback, min = 0 }: Declared<number> & { readonly min?: number }): Option<number> => ({
  ...wholeKind(min),
  about,
  unset: { value: fallback, shown: String(fallback) },
});

/** A whole number that may be left out. */
export const optionalWhole = (about: string, min = 0): Option<number | undefined> => ({
  ...wholeKind(min),
  about,
  unset: { value: undefined, shown: undefined },
});

const wholeKind = (min: number): Pick<Option<number>, 'placeholder' | 'expected' | 'parse'> => ({
  placeholder: 'N',
  expected: `a whole number, ${min} or more`,
  parse: (written) => {
    const value = Number(written);
    return /^\d+$/.test(written) && Number.isSafeInteger(value) && value >= min ? { value } : undefined;
  },
});

/** A part of a whole, 0 to 1. */
export const share = ({ about, fallback }: Declared<number>): Option<number> => ({
  about,
  placeholder: 'SHARE',
  expected: 'a share from 0 to 1, such as 0.01',
  parse: (written) => {
    const value = Number(written);
    return /^\d*\.?\d+$/.test(written) && value <= 1 ? { value } : undefined;
  },
  unset: { value: fallback, shown: String(fallback) },
});

/** Any text that is not empty, without a fallback. */
export const optionalText = (about: string, placeholder: string): Option<string | undefined> => ({
  ...textKind(placeholder),
  about,
  unset: { value: undefined, shown: undefined },
});

/** Any text that is not empty. */
export const text = ({ about, fallback, placeholder }: Declared<string> & { placeholder: string }): Option<string> => ({
  ...textKind(placeholder),
  about,
  unset: { value: fallback, shown: fallback },
});

/** Text that has to be given. */
export const requiredText = (about: string, placeholder: string): Option<string> => ({
  ...textKind(placeholder),
  about,
  unset: 'required',
});

/** One of a few words; what holds without it is said in `otherwise`. */
export const optionalChoice = <const C extends string>(
  choices: readonly C[],
  { about, otherwise }: { readonly about: string; readonly otherwise: string },
): Option<C | undefined> => ({
  about,
  placeholder: choices.join('|'),
  expected: `one of ${choices.join(', ')}`,
  parse: (written) => {
    const value = choices.find((choice) => choice === written);
    return value === undefined ? undefined : { value };
  },
  unset: { value: undefined, shown: otherwise },
});

const textKind = (placeholder: string): Pick<Option<string>, 'placeholder' | 'expected' | 'parse'> => ({
  placeholder,
  expected: 'not empty',
  parse: (written) => (written === '' ? undefined : { value: written }),
});
