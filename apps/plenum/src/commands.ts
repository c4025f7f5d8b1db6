import type { Command } from './command-line/command.ts';
import { demo } from './demo/demo-command.ts';
import { kafkaDownCommand, kafkaStatusCommand, kafkaUpCommand } from './kafka/kafka-commands.ts';
import { replayExport } from './replay/export-command.ts';
import { replayVerify } from './replay/verify-command.ts';
import { schemasList, schemasRegister } from './schemas/schemas-command.ts';
import { simulate } from './simulate/simulate-command.ts';
import { up } from './up/up-command.ts';

/** Everything `npm run plenum -- <command>` can do. */
export const commands: readonly Command[] = [
  ...[demo, up, simulate],
  ...[replayVerify, replayExport],
  ...[kafkaUpCommand, kafkaStatusCommand, kafkaDownCommand],
  ...[schemasRegister, schemasList],
];
