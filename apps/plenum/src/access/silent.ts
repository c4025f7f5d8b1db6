import type { Logger } from '@plenum/runtime';

const nothing = (): void => undefined;

/** For loops whose failures are thrown to their caller. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
