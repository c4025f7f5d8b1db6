import type { Command } from './command-line/command.ts';
import { replayExport } from './replay/export-command.ts';
import { replayVerify } from './replay/verify-command.ts';
import { simulate } from './simulate/simulate-command.ts';

/** Everything `npm run plenum -- <command>` can do. */
export const commands: readonly Command[] = [simulate, replayVerify, replayExport];
