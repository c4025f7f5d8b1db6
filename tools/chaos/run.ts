/** `npm run chaos`: see `--help`. The last line on standard output is JSON with `--json`; all else is on the other. */
import { type ChaosReport, runChaos } from './chaos.ts';
import { faults } from './faults/all.ts';
import { readOptions, UsageError, usage } from './options.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), faults);
  if (options === 'help') {
    process.stdout.write(usage(faults));
    return 0;
  }
  tell(`chaos: ${options.rounds} rounds with seed ${options.seed}, log ${options.log}, MQTT ${options.mqtt}`);
  const report = await runChaos(options, { tell, stop: stop.signal });
  const { rounds, acknowledged, lost, twice, parked, verified, failures } = report;
  tell(
    `${rounds} rounds: ${acknowledged} acknowledged, ${lost} lost, ${twice} shown twice, ${parked} parked, ` +
      `${verified ? 'verified' : 'NOT VERIFIED'}; the slowest recovery took ${report.recovery_seconds_max} s`,
  );
  const { decisions } = report;
  tell(
    `decisions: ${decisions.acknowledged} acknowledged, ${decisions.refused} refused, ${decisions.repeated} asked again, ` +
      `${decisions.reactions_answered} sessions ended by the reaction`,
  );
  const { exports } = report;
  tell(
    `exports: ${exports.accepted} accepted, ${exports.ready} ready, ${exports.failed} failed for a reason, ` +
      `${exports.served} files served whole, ${exports.different} different`,
  );
  const { sessions } = report;
  if (sessions !== undefined) tell(`sessions: ${sessionsInWords(sessions)}`);
  const { commands } = report;
  if (commands !== undefined) tell(`commands: ${commandsInWords(commands)}`);
  for (const [kind, reason] of Object.entries(report.not_done)) tell(`not done: ${kind}: ${reason}`);
  for (const failure of failures) tell(`FAIL ${failure}`);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return failures.length === 0 && rounds === options.rounds ? 0 : 1;
};

const sessionsInWords = (sessions: NonNullable<ChaosReport['sessions']>): string => {
  const { acknowledged, owed, missing, twice, heard, again, connected, resumed, cut, retained } = sessions;
  return (
    `${acknowledged} messages acknowledged, ${owed} deliveries owed, ${missing} missing, ${twice} of QoS 2 twice, ` +
    `${heard} heard, ${again} of QoS 1 again; ${connected} connections, ${resumed} resumed, ${cut} cut off; ` +
    `${retained} retained`
  );
};

const commandsInWords = (commands: NonNullable<ChaosReport['commands']>): string => {
  const { requested, states, received, again, executed, died, connected, deaths, lateMs, violations } = commands;
  const ended = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  return (
    `${requested} asked for, of nodes ${ended.join(', ')}; ${received} received, ${again} again, ${executed} executed, ` +
    `${died} died with; ${connected} connections, ${deaths} deaths; ${lateMs} ms late at most; ${violations} violations`
  );
};

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 64 : 1;
  process.stderr.write(`${error instanceof UsageError ? error.message : (error as Error).stack}\n`);
}
