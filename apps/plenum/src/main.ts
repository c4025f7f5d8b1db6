/** Where the process meets the outside: its arguments, its environment, its signals and its exit code. */

import { main } from './command-line/main.ts';
import { stopOnSignals } from './command-line/signals.ts';
import { commands } from './commands.ts';

const stop = stopOnSignals(process);
process.exitCode = await main(commands, process.argv.slice(2), {
  environment: process.env,
  out: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }),
  tell: (text) => void process.stderr.write(text),
  columns: () => (process.stderr.isTTY ? process.stderr.columns : undefined),
  stop,
});
