/** The other end of `member.ts`: what a program of a measurement can be asked to do. */
import type { Answered, Question } from './member.ts';

/** Takes what it is asked with, and answers what is sent back. */
export type Handler = (parameters: never) => unknown;

/**
 * Answers questions until the measurement lets go of this process or is gone itself; then lets go of everything and ends.
 */
export const serve = (
  handlers: Readonly<Record<string, Handler>>,
  close: () => Promise<void> = async () => {},
): void => {
  const answer = async ({ what, parameters, number }: Question): Promise<Answered> => {
    try {
      const handler = handlers[what];
      if (handler === undefined) throw new Error(`cannot do ${what}`);
      // The caller knows what this handler takes; the channel has forgotten.
      return { number, value: await handler(parameters as never) };
    } catch (error) {
      return { number, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (message) => {
    // Only `startMember` writes to this channel.
    void answer(message as Question).then((answered) => process.send?.(answered));
  });
  process.once('disconnect', () => {
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
};
