import { it } from 'node:test';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { answersBadly } from './bad-answers.ts';

it(
  'an answer through a broker that fits to no command is quarantined with its reason, and moves nothing',
  {
    ...{ skip: mosquittoMissing, timeout: 60_000 },
  },
  async (t) => answersBadly(t, (await testMosquitto(t, { tcpOnly: true })).port),
);
