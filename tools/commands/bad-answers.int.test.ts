import { it } from 'node:test';
import { answersBadly } from './bad-answers.ts';

it(
  'an answer at the listener that fits to no command is quarantined with its reason, and moves nothing',
  {
    timeout: 60_000,
  },
  (t) => answersBadly(t),
);
