/**
 * Scripts that say, packet by packet, what clients send to an MQTT 3.1.1 server and what it has to answer. They are played
 * to the listener and to Mosquitto, and both have to answer the same. A new one goes to the file of its theme.
 */

export type Script = {
  readonly name: string;
  readonly steps: readonly Step[];
};

export type Step =
  | { readonly does: 'send'; readonly client: string; readonly bytes: Uint8Array }
  | { readonly does: 'acknowledge'; readonly client: string; readonly type: number }
  | { readonly does: 'cut'; readonly client: string }
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

/** Answers the PUBLISH or PUBREL that the client has heard last, by a packet of this type. */
export const acknowledges = (client: string, type: number): Step => ({ does: 'acknowledge', client, type });

/** Its connection breaks off, without a word. */
export const isCut = (client: string): Step => ({ does: 'cut', client });

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
