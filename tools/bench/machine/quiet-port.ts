/** Ports for programs that are told where to listen. */
import { portOrFree } from '@plenum/runtime';

/**
 * A port that nobody is given who asks for any: by the time that a program listens there, a connection of another one would
 * have it.
 */
export const quietPort = (): Promise<number> => portOrFree(10_000 + Math.floor(Math.random() * 20_000));
