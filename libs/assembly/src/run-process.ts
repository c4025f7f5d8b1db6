/** How every process of Plenum begins and ends: it is stopped by a signal, and says what it dies of. */
import { ConfigError } from '@plenum/config';

/**
 * Runs `main` until it settles; SIGTERM and SIGINT abort its signal. Settings that do not fit end the process with their
 * own exit code, whatever else it throws with 1.
 */
export const runProcess = async (main: (stop: AbortSignal) => Promise<void>): Promise<void> => {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  try {
    await main(stopping.signal);
  } catch (error) {
    // A process that is stopped while it still waits for something has stopped cleanly, too.
    if (stopping.signal.aborted && error === stopping.signal.reason) return;
    process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
    process.stderr.write(`${error instanceof ConfigError ? error.message : storyOf(error)}\n`);
  }
};

const storyOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
