import type { Logger } from '@plenum/runtime';

/** Of the same warning over and over, one in this time is shown. */
const sameMs = 1_000;
const lengthMax = 180;

/**
 * A logger for a person at a terminal: warnings and errors as one line each, the rest not at all. A user who wants
 * everything sets LOG_LEVEL and gets the JSON lines of every other process.
 */
export const terminalLogger = (print: (text: string) => void, nowMs: () => number = Date.now): Logger => {
  const shown = new Map<string, { timeMs: number; hidden: number }>();
  const tell = (fields: object, message: string): void => {
    const before = shown.get(message);
    if (before !== undefined && nowMs() - before.timeMs < sameMs) {
      before.hidden += 1;
      return;
    }
    const more = before === undefined || before.hidden === 0 ? '' : `, and ${before.hidden} like it before`;
    shown.set(message, { timeMs: nowMs(), hidden: 0 });
    print(`  ! ${message}${shortened(textOf(fields))}${more}\n`);
  };
  return { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
};

const textOf = (fields: object): string => {
  const parts = Object.entries(fields).map(([name, value]) => `${name}: ${valueText(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const valueText = (value: unknown): string => {
  if (value instanceof Error) return value.message;
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? value : (JSON.stringify(value, withoutBigints) ?? '');
};

const withoutBigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** A server's last log lines may be among the fields. */
const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > lengthMax ? `${line.slice(0, lengthMax)}…)` : line;
};
