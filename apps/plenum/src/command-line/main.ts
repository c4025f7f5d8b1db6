import { ConfigError, malformedIn } from '@plenum/config';
import { type Command, type Surroundings, UsageError } from './command.ts';
import { commandHelp, helpText } from './help.ts';
import { parseCommandLine } from './parse.ts';

/**
 * Runs what the words ask for and answers the exit code: 130, as shells have it, when it was interrupted. An error
 * is reported as one sentence; its stack is only for those who set LOG_LEVEL=debug.
 */
export const main = async (
  commands: readonly Command[],
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> => {
  try {
    const asked = parseCommandLine(commands, words);
    if (asked.what === 'run') {
      if (asked.command.readsSettings !== false) await checkNames(surroundings);
      return await asked.command.run(asked.values, surroundings);
    }
    const { command, family = '' } = asked;
    const listed = family === '' ? commands : commands.filter(({ name }) => name.startsWith(`${family} `));
    const columns = surroundings.columns() || undefined; // A terminal whose width nobody has set says 0.
    await surroundings.out(command === undefined ? helpText(listed, columns) : commandHelp(command, columns));
    return 0;
  } catch (error) {
    const { stop, tell, environment } = surroundings;
    // Stopped before it had done what it was asked for. There is nothing to report; that was asked for, too.
    if (stop.aborted && error === stop.reason) return 130;
    // The reader of our output has seen enough of it.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
    tell(`plenum: ${sentenceOf(error)}\n`);
    const level = environment.LOG_LEVEL;
    if ((level === 'debug' || level === 'trace') && error instanceof Error) tell(`${error.stack}\n`);
    return error instanceof UsageError || error instanceof ConfigError ? error.exitCode : 1;
  }
};

/** @throws {ConfigError} with every name in the file that is no setting, and what is malformed besides. */
const checkNames = async ({ names, environment, tell }: Surroundings): Promise<void> => {
  for (const warning of names.warnings) tell(`plenum: ${warning}\n`);
  if (names.problems.length === 0) return;
  // Loaded when something is wrong: the settings of all parts come with the parts.
  const { settings } = await import('../config.ts');
  throw new ConfigError([...names.problems, ...malformedIn(settings, environment)]);
};

/** Node puts what it tried into an AggregateError that says nothing itself, and speaks in codes of a taken port. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${error.port} is taken by another program: stop that one, or choose another port in the environment`;
  }
  if (error instanceof AggregateError && error.message === '') return error.errors.map(sentenceOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
};
