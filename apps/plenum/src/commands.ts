import { keysImport, usersImport } from './access/import-commands.ts';
import { keysDisable, keysEnable, keysIssue, keysList, keysRevoke } from './access/keys-commands.ts';
import { organisationsCreate, organisationsList } from './access/organisations-commands.ts';
import { personsRewrap } from './access/persons-command.ts';
import { tokensList, tokensRevoke } from './access/tokens-commands.ts';
import {
  usersChange,
  usersCreate,
  usersDisable,
  usersEnable,
  usersList,
  usersPassword,
  usersUnlock,
} from './access/users-commands.ts';
import { ceilingCalculate } from './ceiling/calculate-command.ts';
import type { Command } from './command-line/command.ts';
import { demo } from './demo/demo-command.ts';
import { commandsCancel, commandsList, commandsSend, commandsShow, commandsWatch } from './device/commands-commands.ts';
import { exportCommand } from './export/export-command.ts';
import { kafkaDownCommand, kafkaStatusCommand, kafkaUpCommand } from './kafka/kafka-commands.ts';
import { nodesEnrol } from './nodes/enrol-command.ts';
import { nodesList, nodesShow } from './nodes/list-commands.ts';
import {
  nodesCertificateRemove,
  nodesCertificateSet,
  nodesDisable,
  nodesEnable,
  nodesKeyIssue,
  nodesKeyRevoke,
  nodesRemove,
} from './nodes/nodes-commands.ts';
import { replayDrop } from './replay/drop-command.ts';
import { replayExport } from './replay/export-command.ts';
import { replayRebuild } from './replay/rebuild-command.ts';
import { replayRebuildDecisions } from './replay/rebuild-decisions-command.ts';
import { replayVerify } from './replay/verify-command.ts';
import { schemasList, schemasRegister } from './schemas/schemas-command.ts';
import { simulate } from './simulate/simulate-command.ts';
import { up } from './up/up-command.ts';
import { version } from './version/version-command.ts';

/** Everything `npm run plenum -- <command>` can do. */
export const commands: readonly Command[] = [
  ...[demo, up, simulate],
  ...[ceilingCalculate, exportCommand],
  ...[usersList, usersCreate, usersChange, usersDisable, usersEnable, usersUnlock, usersPassword, usersImport],
  ...[keysList, keysIssue, keysDisable, keysEnable, keysRevoke, keysImport],
  ...[tokensList, tokensRevoke],
  ...[commandsSend, commandsList, commandsShow, commandsWatch, commandsCancel],
  ...[organisationsList, organisationsCreate],
  ...[nodesList, nodesShow, nodesEnrol, nodesKeyIssue, nodesKeyRevoke, nodesCertificateSet, nodesCertificateRemove],
  ...[nodesDisable, nodesEnable, nodesRemove],
  personsRewrap,
  ...[replayVerify, replayRebuild, replayDrop, replayExport, replayRebuildDecisions],
  ...[kafkaUpCommand, kafkaStatusCommand, kafkaDownCommand],
  ...[schemasRegister, schemasList],
  version,
];
