/** One setting, declared once: what it means, what it may be, and what holds when nobody sets it. */
export type Setting<T = unknown> = {
  /** What it is for, in a sentence. */
  readonly about: string;
  /** What a value looks like, such as `a whole number from 1 to 500`; completes "expected …". */
  readonly expected: string;
  /** A value as it is written in the environment. */
  readonly example?: string;
  /** Its value is never printed, not even when it is malformed. */
  readonly secret: boolean;
  readonly whenUnset: WhenUnset<T>;
  /** `undefined` when the text is malformed. The text is not empty. */
  readonly parse: (text: string) => Parsed<T>;
};

/** `text` is the fallback as it would be written in the environment. */
export type WhenUnset<T> =
  | { readonly rule: 'required' }
  | { readonly rule: 'optional'; readonly value: T }
  | { readonly rule: 'fallback'; readonly value: T; readonly text: string };

type Parsed<T> = { readonly value: T } | undefined;

/** What every kind of setting is declared with. Without `fallback` or `optional` it has to be set. */
export type Declared<T> = {
  readonly about: string;
  readonly example?: string;
  readonly secret?: true;
  readonly fallback?: T;
  readonly optional?: true;
};

/** The type a setting has once it is read: only an optional one may be `undefined`. */
export type ValueOf<T, D> = D extends { readonly optional: true } ? T | undefined : T;

/** A way of writing values: how they are read, how they are written, and what to call them in a complaint. */
export type Kind<T> = {
  readonly expected: string;
  /** `undefined` when the text is malformed. */
  readonly parse: (text: string) => T | undefined;
  readonly format: (value: T) => string;
};

/**
 * Declares a setting of any kind.
 * @throws when the declaration contradicts itself: a fallback or an example that the kind would refuse.
 */
export const setting = <T, D extends Declared<T>>(kind: Kind<T>, declared: D): Setting<ValueOf<T, D>> => {
  const { about, example, fallback, optional, secret } = declared;
  if (fallback !== undefined && optional) throw new Error(`"${about}" is optional and has a fallback`);
  for (const text of [example, fallback === undefined ? undefined : kind.format(fallback)]) {
    if (text !== undefined && text !== '' && kind.parse(text) === undefined) {
      throw new Error(`"${about}" expects ${kind.expected}, which ${text} is not`);
    }
  }
  const declaredSetting: Setting<T | undefined> = {
    about,
    expected: kind.expected,
    secret: secret === true,
    whenUnset: whenUnset(kind, declared),
    parse: (text) => {
      const value = kind.parse(text);
      return value === undefined ? undefined : { value };
    },
    ...(example === undefined ? {} : { example }),
  };
  // The value is undefined exactly when `optional` is declared, which is what ValueOf says; TypeScript cannot see it.
  return declaredSetting as Setting<ValueOf<T, D>>;
};

const whenUnset = <T>(kind: Kind<T>, { fallback, optional }: Declared<T>): WhenUnset<T | undefined> => {
  if (fallback !== undefined) return { rule: 'fallback', value: fallback, text: kind.format(fallback) };
  return optional ? { rule: 'optional', value: undefined } : { rule: 'required' };
};
