import type { Logger } from '../ports.ts';

const say = (): void => undefined;

/** For tests that have no business with what is logged. */
export const silentLogger: Logger = { debug: say, info: say, warn: say, error: say };
