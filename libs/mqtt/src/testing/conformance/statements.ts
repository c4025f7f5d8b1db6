/**
 * The numbered statements of both standards (their appendices B), and why some of them are in no script's name. Every
 * other one is: `statements.test.ts` looks.
 */
import type { Level, Theme } from './script.ts';

export type Standard = {
  readonly level: Level;
  readonly name: string;
  /** The last number of each section. */
  readonly sections: Readonly<Record<string, number>>;
  /** Numbers that the standard has left out. */
  readonly absent: readonly string[];
  readonly reasons: readonly Reason[];
};

/** Why statements are in no script's name. */
export type Reason = { readonly because: string; readonly statements: readonly string[] };

const clientOnly = 'It binds clients only.';
const reader =
  'Checked of every packet that a server sends in any script: `answer.ts` shows what breaks it as unreadable.';
const transport = 'Covered by the tests of TCP, TLS and WebSocket beside the listener.';
const lengths = 'No packet can break it: a text has two bytes for its length.';

const mqtt311: Standard = {
  level: 4,
  name: 'MQTT 3.1.1',
  sections: {
    ...{ '1.5.3': 3, '2.2.2': 2, '2.3.1': 7, '3.1.0': 2, '3.1.2': 24, '3.1.3': 11, '3.1.4': 5, '3.2.0': 1, '3.2.2': 6 },
    ...{ '3.3.1': 12, '3.3.2': 3, '3.3.4': 1, '3.3.5': 2, '3.6.1': 1, '3.8.1': 1, '3.8.3': 4, '3.8.4': 6, '3.9.3': 2 },
    ...{ '3.10.1': 1, '3.10.3': 2, '3.10.4': 6, '3.12.4': 1, '3.14.1': 1, '3.14.4': 3, '4.1.0': 2, '4.3.1': 1 },
    ...{ '4.3.2': 2, '4.3.3': 2, '4.4.0': 1, '4.5.0': 2, '4.6.0': 6, '4.7.1': 3, '4.7.2': 1, '4.7.3': 4, '4.8.0': 2 },
    ...{ '6.0.0': 4, '7.0.0': 2, '7.1.1': 1, '7.1.2': 1 },
  },
  absent: [],
  reasons: [
    {
      because: clientOnly,
      statements: [
        ...['2.3.1-2', '2.3.1-3', '3.1.2-23', '3.1.3-7', '3.14.4-2', '4.5.0-2', '4.6.0-2', '4.6.0-3'],
        ...['4.6.0-4', '6.0.0-3', '7.1.2-1'],
      ],
    },
    { because: reader, statements: ['2.2.2-1', '2.3.1-5', '3.3.2-1'] },
    { because: transport, statements: ['6.0.0-1', '6.0.0-2', '6.0.0-4', '7.1.1-1'] },
    { because: lengths, statements: ['4.7.3-3'] },
    { because: 'Covered by the tests of who may publish what.', statements: ['3.3.5-2'] },
    { because: 'Covered by the tests of a log that is away.', statements: ['4.8.0-2'] },
    {
      because: 'It is about servers that connect to servers, and about all of the standard.',
      statements: ['7.0.0-1', '7.0.0-2'],
    },
  ],
};

const mqtt5: Standard = {
  level: 5,
  name: 'MQTT 5',
  sections: {
    ...{ '1.5.4': 3, '1.5.5': 1, '1.5.7': 1, '2.1.3': 1, '2.2.1': 6, '2.2.2': 1, '3.1.0': 2, '3.1.2': 30, '3.1.3': 12 },
    ...{
      '3.1.4': 6,
      '3.2.0': 2,
      '3.2.2': 22,
      '3.3.1': 13,
      '3.3.2': 20,
      '3.3.4': 10,
      '3.4.2': 3,
      '3.5.2': 3,
      '3.6.1': 1,
    },
    ...{ '3.6.2': 3, '3.7.2': 3, '3.8.1': 1, '3.8.3': 5, '3.8.4': 8, '3.9.2': 2, '3.9.3': 2, '3.10.1': 1, '3.10.3': 2 },
    ...{ '3.10.4': 6, '3.11.2': 2, '3.11.3': 2, '3.12.4': 1, '3.14.0': 1, '3.14.1': 1, '3.14.2': 4, '3.14.4': 3 },
    ...{ '3.15.1': 1, '3.15.2': 3, '4.1.0': 2, '4.2': 1, '4.3.1': 1, '4.3.2': 5, '4.3.3': 13, '4.4.0': 2, '4.5.0': 2 },
    ...{ '4.6.0': 6, '4.7.0': 1, '4.7.1': 2, '4.7.2': 1, '4.7.3': 4, '4.8.2': 6, '4.9.0': 3, '4.12.0': 7, '4.12.1': 2 },
    ...{ '4.13.1': 1, '4.13.2': 1, '6.0.0': 4 },
  },
  absent: ['2.2.1-1'],
  reasons: [
    {
      because: clientOnly,
      statements: [
        ...['2.2.1-3', '3.1.2-20', '3.1.2-21', '3.1.2-30', '3.2.2-4', '3.2.2-5', '3.2.2-11', '3.2.2-14', '3.2.2-15'],
        ...['3.2.2-17', '3.2.2-18', '3.2.2-21', '3.3.2-10', '3.3.4-7', '3.3.4-8', '4.5.0-2', '4.6.0-1', '4.6.0-2'],
        ...['4.6.0-3', '4.6.0-4', '4.12.0-3', '4.12.0-7', '6.0.0-3'],
      ],
    },
    { because: reader, statements: ['2.2.2-1', '3.2.2-1', '3.3.2-1', '3.14.2-2'] },
    { because: transport, statements: ['4.2-1', '6.0.0-1', '6.0.0-2', '6.0.0-4'] },
    { because: lengths, statements: ['4.7.3-3'] },
    {
      because: 'The listener sends no user properties but those of a message.',
      statements: ['3.2.2-20', '3.4.2-3', '3.5.2-3', '3.6.2-3', '3.7.2-3', '3.9.2-2', '3.11.2-2', '3.14.2-4'],
    },
    { because: 'The listener sends no reason string there.', statements: ['3.6.2-2', '3.7.2-2'] },
    {
      because: 'It is about servers that do not offer every QoS, or retained messages.',
      statements: ['3.2.2-9', '3.2.2-10', '3.2.2-12', '3.2.2-13'],
    },
    { because: 'It is about servers that send a copy for each subscription.', statements: ['3.3.4-5'] },
    {
      because: 'It is about shared subscriptions, which are refused.',
      statements: ['4.8.2-3', '4.8.2-5', '4.8.2-6'],
    },
    {
      because: 'It is about enhanced authentication, which is refused: no AUTH is ever sent.',
      statements: ['3.15.2-2', '3.15.2-3', '4.12.0-2', '4.12.0-4', '4.12.0-5', '4.12.1-2'],
    },
  ],
};

export const standards: readonly Standard[] = [mqtt311, mqtt5];

/** All numbers of a standard, in its order, as `3.1.2-4`. */
export const statementsOf = ({ sections, absent }: Standard): readonly string[] =>
  Object.entries(sections)
    .flatMap(([section, last]) => Array.from({ length: last }, (_, at) => `${section}-${at + 1}`))
    .filter((statement) => !absent.includes(statement));

/** Those that scripts of a level have in their names. */
export const scripted = (themes: readonly Theme[], level: Level): ReadonlySet<string> =>
  new Set(
    themes
      .filter((theme) => theme.level === level)
      .flatMap(({ scripts }) => scripts.flatMap(({ name }) => [...name.matchAll(/\[MQTT-([\d.]+-\d+)\]/g)]))
      .map(([, statement = '']) => statement),
  );
