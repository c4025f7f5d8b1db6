/**
 * Scripts that say, packet by packet, what clients send to an MQTT server and what it has to answer. They are played to
 * the listener and to Mosquitto, and both have to answer the same. A new one goes to the file of its theme.
 */

export type Theme = {
  readonly name: string;
  /** The standard that its scripts are of: the numbers of statements differ. */
  readonly level: Level;
  readonly scripts: readonly Script[];
};

/** MQTT 3.1.1 or MQTT 5. */
export type Level = 4 | 5;

export type Script = {
  /** With the numbers of the statements it is about, as in `[MQTT-3.1.2-4]`. */
  readonly name: string;
  readonly steps: readonly Step[];
};

export type Step =
  | { readonly does: 'send'; readonly client: string; readonly bytes: Uint8Array }
  | {
      readonly does: 'acknowledge';
      readonly client: string;
      readonly type: number;
      /** `m3` is 3. */
      readonly of: number | undefined;
      readonly rest: readonly number[];
    }
  | { readonly does: 'cut'; readonly client: string }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'look'; readonly client: string; readonly properties: readonly string[] }
  | { readonly does: 'allow-aliases'; readonly client: string; readonly maximum: number }
  | Hears;

export type Hears = {
  readonly does: 'hear';
  readonly client: string;
  /** As the standard wants it, written as `answer.ts` writes them. Their order within one step does not count. */
  readonly answers: readonly string[];
  readonly differences: readonly Difference[];
};

/** Where one of the two does something else than the standard wants, or allows, and why that is so. */
export type Difference = {
  readonly by: 'listener' | 'mosquitto';
  readonly answers: readonly string[];
  readonly because: string;
};

export const script = (name: string, ...steps: readonly (Step | readonly Step[])[]): Script => ({
  name,
  steps: steps.flat(),
});

/** A client's connection is opened when it has none. */
export const sends = (client: string, ...packets: readonly Uint8Array[]): Step => ({
  does: 'send',
  client,
  bytes: Buffer.concat(packets),
});

export const hears = (client: string, ...answers: readonly string[]): Hears => ({
  does: 'hear',
  client,
  answers,
  differences: [],
});

/** One after the other. */
export const hearsInOrder = (client: string, ...answers: readonly string[]): readonly Hears[] =>
  answers.map((answer) => hears(client, answer));

/**
 * Answers a PUBLISH or PUBREL by a packet of this type: the one that the client has heard last, or the one that is
 * called `m<of>`. `rest` goes behind the packet id.
 */
export const acknowledges = (
  client: string,
  type: number,
  { of, rest = [] }: { readonly of?: number; readonly rest?: readonly number[] } = {},
): Step => ({ does: 'acknowledge', client, type, of, rest });

/** Its connection breaks off, without a word. */
export const isCut = (client: string): Step => ({ does: 'cut', client });

/** Time passes, for what servers do by their clock: intervals are whole seconds. */
export const passes = (ms: number): Step => ({ does: 'wait', ms });

/** From here on properties of these names are written, too, that every server chooses for itself. */
export const looksAt = (client: string, ...properties: readonly string[]): Step => ({
  does: 'look',
  client,
  properties,
});

/** Topic aliases up to this one are taken from the server; `connect5` has to tell it so, too. */
export const allowsAliases = (client: string, maximum: number): Step => ({ does: 'allow-aliases', client, maximum });

/** The listener does otherwise. When it is mended, its test fails until this is taken away. */
export const butListener = (hear: Hears, because: string, ...answers: readonly string[]): Hears => ({
  ...hear,
  differences: [...hear.differences, { by: 'listener', answers, because }],
});

/** Mosquitto 2.0.11 does otherwise; a later one may be right. */
export const butMosquitto = (hear: Hears, because: string, ...answers: readonly string[]): Hears => ({
  ...hear,
  differences: [...hear.differences, { by: 'mosquitto', answers, because }],
});
