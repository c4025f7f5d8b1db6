import type { Logger } from '@plenum/runtime';
import { pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

type LoggerSettings = {
  /** The process or part that speaks, such as `mqtt-bridge`. */
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; standard output unless the command's own answer is there. */
  readonly to?: 'stdout' | 'stderr';
};

/** JSON lines with time, level, name and message. Secrets that slip into fields by their usual names are cut out. */
export const createLogger = ({ name, level, to = 'stdout' }: LoggerSettings): Logger =>
  pino(
    {
      name,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    pino.destination({ dest: to === 'stderr' ? 2 : 1, sync: true }),
  );

const secretPaths = ['password', 'secret', 'token', 'authorization', 'apiKey', 'url'].flatMap((name) => [
  name,
  `*.${name}`,
]);
