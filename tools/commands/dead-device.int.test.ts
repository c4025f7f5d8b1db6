import { it } from 'node:test';
import { diesBeforeExecution } from './dead-device.ts';
import { noPaho } from './paho-device.ts';

it(
  'a command is unanswered whose device was killed between its PUBACK and its execution, at the listener',
  {
    ...{ skip: noPaho, timeout: 60_000 },
  },
  (t) => diesBeforeExecution(t),
);
