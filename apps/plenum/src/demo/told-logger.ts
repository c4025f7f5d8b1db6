import type { Logger } from '@plenum/runtime';

/**
 * A logger for a person at a terminal: warnings and errors as sentences, the rest not at all. Whoever wants everything
 * sets LOG_LEVEL and gets the JSON lines of every other process.
 */
export const toldLogger = (print: (text: string) => void): Logger => {
  const tell = (fields: object, message: string): void => print(`  ! ${message}${shown(fields)}\n`);
  return { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
};

const shown = (fields: object): string => {
  const parts = Object.entries(fields).map(
    ([name, value]) => `${name}: ${value instanceof Error ? value.message : textOf(value)}`,
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value, big) ?? ''));

const big = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
