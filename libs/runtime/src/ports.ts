/** Small ports that most loops need. */

/** Structured logging, as pino has it. Secrets never go in. */
export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** The wall clock. `nowUs` is in microseconds since 1970-01-01T00:00Z. */
export type Clock = { nowUs(): number };

/** 16 random bytes at a time. */
export type Random = { bytes16(): Uint8Array };
