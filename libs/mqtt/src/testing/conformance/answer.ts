/** What a server says, written so that two servers that mean the same say the same. */
import { type Cursor, cursorOf, type Frame, Malformed } from './received.ts';
import { readProperties } from './received-properties.ts';

/** What has to be known of a connection and its client to read what is sent to it. */
export type Listening = {
  /** The form of the CONNACK that came: its properties make the difference. */
  level: 4 | 5;
  /** Packet ids that the server chooses, numbered in the order in which the client first sees them. */
  readonly numbering: Map<number, number>;
  /** Of the last PUBLISH or PUBREL. */
  lastId: number;
  /** Topics by the aliases that the server has set, and how many it may. */
  readonly aliases: Map<number, string>;
  aliasMaximum: number;
  /** Names of properties that are otherwise left out. */
  readonly wanted: Set<string>;
};

const names: Readonly<Record<number, string>> = {
  2: 'connack',
  3: 'publish',
  4: 'puback',
  5: 'pubrec',
  6: 'pubrel',
  7: 'pubcomp',
  9: 'suback',
  11: 'unsuback',
  13: 'pingresp',
  14: 'disconnect',
  15: 'auth',
};

/**
 * `publish a/b "text" qos 1 m1 dup retain`, `connack 0 present`, `suback 1: 0 128`, `puback 7`; of MQTT 5 also
 * `connack 0x00 present assigned-client-id`, `puback 7 0x10`, `publish t "m" qos 0 expiry ~60 ids 3 5 user a=b`,
 * `disconnect 0x8e`. What may not be sent is `unreadable`, with its bytes.
 */
export const answerOf = (frame: Frame, listening: Listening): string => {
  try {
    const words = wordsOf(frame, listening);
    return words.filter((word) => word !== '').join(' ');
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof TypeError)) throw error;
    return `unreadable ${frame.first.toString(16)} ${frame.body.toString('hex')}: ${error.message}`;
  }
};

const wordsOf = ({ first, body }: Frame, listening: Listening): readonly string[] => {
  const type = first >> 4;
  const name = names[type] ?? `packet ${type}`;
  const cursor = cursorOf(body);
  if (type !== 3 && (first & 0x0f) !== (type === 6 ? 2 : 0)) throw new Malformed('flags');
  if (type === 3) return publishWords(first, cursor, listening);
  const words = [name, ...fieldsOf(type, cursor, listening)];
  if (cursor.left > 0) throw new Malformed('surplus bytes');
  return words;
};

const fieldsOf = (type: number, cursor: Cursor, listening: Listening): readonly string[] => {
  switch (type) {
    case 2:
      return connackFields(cursor, listening);
    case 4:
    case 5:
    case 7:
      return [String(cursor.number()), ...reasonFields(type, cursor, listening)];
    case 6:
      listening.lastId = cursor.number();
      return [numbered(listening.lastId, listening), ...reasonFields(type, cursor, listening)];
    case 9:
    case 11:
      return subackFields(type, cursor, listening);
    case 13:
      return [];
    case 14:
    case 15:
      if (listening.level !== 5) throw new Malformed('not of MQTT 3.1.1');
      if (cursor.left === 0) return ['0x00'];
      return [hex(cursor.byte()), ...optionalProperties(type, cursor, listening)];
    default:
      throw new Malformed('not for a client');
  }
};

const connackFields = (cursor: Cursor, listening: Listening): readonly string[] => {
  listening.level = cursor.left > 2 ? 5 : 4;
  const flags = cursor.byte();
  if (flags > 1) throw new Malformed('flags');
  const code = cursor.byte();
  const present = flags === 1 ? 'present' : '';
  if (listening.level === 4) return [String(code), present];
  return [hex(code), present, ...readProperties(cursor, 2, listening.wanted).shown];
};

/** Nothing when it is 0 and has no properties: MQTT 5 may leave it out then. */
const reasonFields = (type: number, cursor: Cursor, listening: Listening): readonly string[] => {
  if (listening.level === 4 || cursor.left === 0) return [];
  const reason = cursor.byte();
  return [reason === 0 ? '' : hex(reason), ...optionalProperties(type, cursor, listening)];
};

const optionalProperties = (type: number, cursor: Cursor, { wanted }: Listening): readonly string[] =>
  cursor.left === 0 ? [] : readProperties(cursor, type, wanted).shown;

const subackFields = (type: number, cursor: Cursor, { level, wanted }: Listening): readonly string[] => {
  const id = cursor.number();
  const shown = level === 5 ? readProperties(cursor, type, wanted).shown : [];
  const codes = [...cursor.rest()];
  if (level === 4 && type === 11) return [String(id), ...codes.map(String)];
  return [`${id}:`, ...codes.map((code) => (level === 4 || code < 3 ? String(code) : hex(code))), ...shown];
};

const publishWords = (first: number, cursor: Cursor, listening: Listening): readonly string[] => {
  const qos = (first >> 1) & 3;
  if (qos === 3) throw new Malformed('QoS 3');
  const named = cursor.text();
  const id = qos === 0 ? undefined : cursor.number();
  if (id !== undefined) listening.lastId = id;
  const none = { shown: [], topicAlias: undefined };
  const { shown, topicAlias } = listening.level === 5 ? readProperties(cursor, 3, listening.wanted) : none;
  const { topic, surplus } = resolved(named, topicAlias, listening);
  return [
    ...['publish', topic, JSON.stringify(cursor.rest().toString()), `qos ${qos}`],
    id === undefined ? '' : numbered(id, listening),
    (first & 8) > 0 ? 'dup' : '',
    (first & 1) > 0 ? 'retain' : '',
    ...[surplus, ...shown],
  ];
};

/** An alias that is allowed is not to be seen: servers are free to set any. */
const resolved = (
  topic: string,
  alias: number | undefined,
  { aliases, aliasMaximum }: Listening,
): { readonly topic: string; readonly surplus: string } => {
  if (alias === undefined) return { topic, surplus: '' };
  if (topic !== '') aliases.set(alias, topic);
  const surplus = alias > 0 && alias <= aliasMaximum ? '' : `alias ${alias}`;
  return { topic: aliases.get(alias) ?? 'unknown-alias', surplus };
};

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

const numbered = (id: number, { numbering }: Listening): string => {
  const known = numbering.get(id) ?? numbering.size + 1;
  numbering.set(id, known);
  return `m${known}`;
};
