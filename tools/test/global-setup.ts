/** Runs before and after all tests of a run (`--test-global-setup`): one PostgreSQL server for all of them. */
import { startRunServer } from '@plenum/postgres/testing';

let stop: (() => Promise<void>) | undefined;

/** Test processes inherit the environment, and `testDatabase` looks there. A server that was given is used as it is. */
export const globalSetup = async (): Promise<void> => {
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startRunServer();
  process.env.TEST_DATABASE_URL = server.url;
  stop = server.stop;
};

export const globalTeardown = async (): Promise<void> => stop?.();
