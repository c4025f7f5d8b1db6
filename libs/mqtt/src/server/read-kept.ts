/** What the store of sessions has, read again. What a newer program has kept stops nobody: it is left out, and said. */
import { type KeptContent, keptMessage } from '../codec/kept-message.ts';
import type { Server } from './state.ts';

/** `about` says whose it is. `undefined` when this program cannot read it; it stays where it is. */
export const readKept = (
  { logger }: Pick<Server, 'logger'>,
  body: Uint8Array,
  about: Readonly<Record<string, unknown>>,
): KeptContent | undefined => {
  try {
    return keptMessage(body);
  } catch (error) {
    logger.error({ ...about, error }, 'a message that was kept cannot be read');
    return undefined;
  }
};
