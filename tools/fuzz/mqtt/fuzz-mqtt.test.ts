import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bytes } from '@plenum/mqtt/testing';
import { hear, nothingHeard } from './heard.ts';
import { roundOf } from './rounds.ts';
import { nothingSaid, say } from './said.ts';
import { shrunk } from './shrink.ts';
import { readStep, type Step, written } from './steps.ts';

const connack = bytes.packet(0x20, 0, 0);
const puback = (id: number): Buffer => bytes.answer(bytes.puback, id);

/** What is wrong with what a server answers to two messages. */
const wrongWith = (...answers: readonly Buffer[]): string | undefined => {
  const said = nothingSaid();
  const asked = [bytes.connect('c'), bytes.publish('a', 'm', { id: 1 }), bytes.publish('a', 'm', { id: 2 })];
  say(said, Buffer.concat(asked), () => undefined);
  try {
    hear(nothingHeard(), said, Buffer.concat(answers));
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

it('answers are wrong that are too many, in another order, or no packets', () => {
  assert.equal(wrongWith(connack, puback(1), puback(2)), undefined);
  assert.match(wrongWith(connack, puback(2)) ?? '', /not for the next message/);
  assert.match(wrongWith(connack, puback(1), puback(1)) ?? '', /not for the next message/);
  assert.match(wrongWith(puback(1)) ?? '', /in the wrong place/);
  assert.match(wrongWith(connack, connack) ?? '', /in the wrong place/);
  assert.match(wrongWith(connack, bytes.packet(0xd0)) ?? '', /nothing asked for/);
  assert.match(wrongWith(connack, bytes.publish('', 'm', { qos: 0 })) ?? '', /a topic that is none|Invalid|mpty/);
  assert.match(wrongWith(connack, bytes.packet(0xf0)) ?? '', /./);
  assert.match(wrongWith(connack, bytes.packet(0xe0)) ?? '', /before MQTT 5/);
});

it('a round is the same for the same seed, and survives being written', () => {
  const { steps } = roundOf(3, 14);
  assert.deepEqual(roundOf(3, 14).steps, steps);
  assert.deepEqual(
    steps.map((step) => readStep(JSON.parse(JSON.stringify(written(step))))),
    steps.map(plain),
  );
});

const plain = (step: Step): Step => (step.does === 'send' ? { ...step, bytes: Buffer.from(step.bytes) } : step);

it('an input is made as small as it can be', async () => {
  const { steps } = roundOf(3, 14);
  const fails = async (some: readonly Step[]) =>
    some.some(({ does }) => does === 'open') && some.some(({ does }) => does === 'settle') ? 'both' : undefined;
  assert.deepEqual(
    (await shrunk(steps, fails)).map(({ does }) => does),
    ['open', 'settle'],
  );
});
