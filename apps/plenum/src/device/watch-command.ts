/** Follows a command until it has ended. */
import { type CommandShown, commandReads } from '@plenum/device';
import { pause } from '@plenum/runtime';
import { broughtUpToDate } from '../access/up-to-date.ts';
import { withAccess } from '../access/with-access.ts';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';
import { countsText } from './list-commands.ts';

type Asked = { readonly id: string; readonly log: LogName | undefined; readonly json: boolean };

const lookEveryMs = 200;

/** @returns the exit code: 0 when it succeeded. @throws as `withAccess`; the reason of `stop`. */
export const watchCommand = ({ id, log, json }: Asked, surroundings: Surroundings): Promise<number> =>
  withAccess({ log }, surroundings, async (access) => {
    const { out, tell, stop } = surroundings;
    await broughtUpToDate(access, stop);
    const reads = commandReads(access.sql);
    let written = '';
    for (;;) {
      const found = await reads.byId(id);
      if (found === undefined) {
        tell(`plenum: there is no command ${id}\n`);
        return 1;
      }
      const line = json ? JSON.stringify(found) : lineOf(found);
      if (line !== written) await out(`${line}\n`);
      written = line;
      if (found.is_final) return found.state === 'succeeded' ? 0 : 1;
      if (access.foundation.embedded !== undefined) {
        tell('plenum: no Plenum runs here, so nothing becomes of it for now\n');
        return 1;
      }
      await pause(lookEveryMs, stop);
      stop.throwIfAborted();
    }
  });

const lineOf = (found: CommandShown): string =>
  [found.state, countsText(found), found.detail ?? ''].filter((part) => part !== '').join('  ');
