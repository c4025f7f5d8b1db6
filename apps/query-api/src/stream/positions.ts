/**
 * Ids of streamed events: how far every partition of the topics that a client follows had been sent to it. As text
 * `ceiling.readings:1a.0.3,device.presence:7.7.2;0.1.lw3k9` it names the next offsets by topic, in base 36; after the semicolon
 * which topic and partition the event is of, and when it was recorded, so that another log is known by its other events.
 */
export type Positions = ReadonlyMap<string, readonly bigint[]>;

/** Of the last event that was sent: the one before the position of its partition. */
export type LastSent = { readonly topic: string; readonly partition: number; readonly timestampMs: number };

export type StreamPlace = { readonly positions: Positions; readonly last: LastSent | undefined };

const prefix = 'plenum.';
const shortName = (topic: string): string => (topic.startsWith(prefix) ? topic.slice(prefix.length) : topic);

/** One topic's part of an id. */
export const topicPart = (topic: string, offsets: readonly bigint[]): string =>
  `${shortName(topic)}:${offsets.map(base36).join('.')}`;

export const base36 = (offset: bigint): string => offset.toString(36);

/** The part after the semicolon; `index` is the topic's place among those of the id. */
export const lastPart = (index: number, partition: number, timestampMs: number): string =>
  `;${index}.${partition}.${timestampMs.toString(36)}`;

/** Of ids of the same topics in the same order, what stands before and after the offset of one partition. */
export const idAround = (
  parts: readonly { readonly topic: string; readonly offsets: readonly bigint[] }[],
  index: number,
  partition: number,
): { readonly before: string; readonly after: string } => {
  const texts = parts.map(({ topic, offsets }) => ({ name: shortName(topic), offsets: offsets.map(base36) }));
  const own = texts[index];
  if (own === undefined) throw new Error(`there is no topic ${index} in this id`);
  const whole = ({ name, offsets }: (typeof texts)[number]): string => `${name}:${offsets.join('.')}`;
  const first = [...texts.slice(0, index).map(whole), `${own.name}:`].join(',');
  const before = [...own.offsets.slice(0, partition), ''].join('.');
  const after = ['', ...own.offsets.slice(partition + 1)].join('.');
  const others = texts.slice(index + 1).map((text) => `,${whole(text)}`);
  return { before: `${first}${before}`, after: `${after}${others.join('')}` };
};

const numberPattern = /^[0-9a-z]{1,13}$/;

/** What `topicPart` and `lastPart` made; `undefined` for anything else. */
export const readId = (text: string): StreamPlace | undefined => {
  const [topics = '', last, ...more] = text.split(';');
  if (more.length > 0) return undefined;
  const read = topics.split(',').map(readTopic);
  const known = read.filter((one) => one !== undefined);
  if (known.length !== read.length) return undefined;
  const positions = new Map(known);
  if (last === undefined) return { positions, last: undefined };
  const [index = '', partition = '', at = '', ...rest] = last.split('.');
  const topic = known[Number(index)]?.[0];
  if (topic === undefined || !/^\d{1,3}$/.test(index) || !/^\d{1,5}$/.test(partition)) return undefined;
  if (rest.length > 0 || !numberPattern.test(at)) return undefined;
  return { positions, last: { topic, partition: Number(partition), timestampMs: Number.parseInt(at, 36) } };
};

const readTopic = (text: string): readonly [string, readonly bigint[]] | undefined => {
  const [name = '', offsets = '', ...more] = text.split(':');
  const texts = offsets.split('.');
  if (more.length > 0 || !/^[\w.-]{1,200}$/.test(name) || !texts.every((one) => numberPattern.test(one)))
    return undefined;
  return [`${prefix}${name}`, texts.map(readBase36)];
};

const readBase36 = (text: string): bigint => {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
};
