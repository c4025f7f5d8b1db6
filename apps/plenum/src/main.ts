/** Where the process meets the outside: its arguments, its environment, its signals and its exit code. */

import { judgeNames } from '@plenum/config';
import { main } from './command-line/main.ts';
import { stopOnSignals } from './command-line/signals.ts';
import { commands } from './commands.ts';

const stop = stopOnSignals(process);
// The caller that wrote gets the error; without a listener a reader that has gone away would end the process.
process.stdout.on('error', () => undefined);
process.exitCode = await main(commands, process.argv.slice(2), {
  environment: process.env,
  names: judgeNames(process),
  out: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }),
  input: () => process.stdin,
  tell: (text) => void process.stderr.write(text),
  columns: () => (process.stderr.isTTY ? process.stderr.columns : undefined),
  stop,
});
