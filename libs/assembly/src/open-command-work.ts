/** What a process that sends commands to devices needs: where they are decided, and word of new ones. */
import { randomBytes } from 'node:crypto';
import { postgresServiceDatabase } from '@plenum/postgres';
import { type EventCodec, type Issue, issueTo, type Logger, type ServiceDatabase } from '@plenum/runtime';
import { type OpenDecisions, openDecisions } from './open-decisions.ts';
import type { Foundation } from './open-foundation.ts';

export type CommandWorkParts = {
  readonly foundation: Pick<Foundation, 'database' | 'log'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
  /** Those of this process, where it has them already. */
  readonly decisions?: Pick<OpenDecisions, 'store' | 'personal'>;
};

export type OpenCommandWork = {
  readonly database: Pick<ServiceDatabase, 'sql' | 'listen'>;
  readonly issue: Issue;
  /** When nothing is sent any more, and before the foundation is closed. */
  close(): Promise<void>;
};

/** What is decided about commands names no person, so no master keys are needed. @throws as `openDecisions`. */
export const openCommandWork = async (parts: CommandWorkParts): Promise<OpenCommandWork> => {
  const { foundation, codec, logger } = parts;
  const { database, log } = foundation;
  await using opened = new AsyncDisposableStack();
  const ofItsOwn = async (): Promise<OpenDecisions> => {
    const decisions = await openDecisions({ database, log, codec, masterKeys: undefined, logger });
    opened.defer(decisions.close);
    return decisions;
  };
  const { store, personal } = parts.decisions ?? (await ofItsOwn());
  const own = postgresServiceDatabase({ database, applicationName: 'plenum commands', logger });
  opened.defer(own.close);
  const clock = { nowUs: () => Date.now() * 1000 };
  const issue = issueTo({ store, personal, clock, random: { bytes16: () => randomBytes(16) } });
  const work = opened.move();
  return { database: own, issue, close: () => work.disposeAsync() };
};
