import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, type JudgedNames } from '@plenum/config';
import { defineCommand, type Surroundings, untilStopped } from './command.ts';
import { main } from './main.ts';

const failing = (run: (surroundings: Surroundings) => Promise<number>) =>
  defineCommand({ name: 'fail', summary: '', about: '', options: {}, examples: [], run: (_, more) => run(more) });

const rightNames: JudgedNames = { problems: [], warnings: [] };

const ran = async (
  run: (surroundings: Surroundings) => Promise<number>,
  { words = ['fail'], environment = {}, stop = new AbortController().signal, names = rightNames } = {},
) => {
  let told = '';
  const code = await main([failing(run)], words, {
    ...{ environment, stop, names },
    out: async () => undefined,
    tell: (text) => {
      told += text;
    },
    input: () => assert.fail('nothing is read'),
    columns: () => undefined,
  });
  return { code, told };
};

const throws = (error: unknown) => async (): Promise<number> => {
  throw error;
};

describe('the process', () => {
  it('answers with the exit code of what went wrong, and one sentence', async () => {
    assert.deepEqual(await ran(async () => 3), { code: 3, told: '' });
    assert.deepEqual(await ran(throws(new Error('it broke'))), { code: 1, told: 'plenum: it broke\n' });
    const config = await ran(throws(new ConfigError([{ name: 'PORT', problem: 'must be a port.' }])));
    assert.equal(config.code, 78);
    assert.match(config.told, /PORT must be a port/);
    const usage = await ran(async () => 0, { words: ['fial'] });
    assert.equal(usage.code, 64);
    assert.match(usage.told, /did you mean fail\?/);
  });

  it('does not start with a name that is no setting, and says so of all that is wrong', async () => {
    const names = { problems: [{ name: 'PROT', problem: 'is not a setting.' }], warnings: ['X is not one either.'] };
    const { code, told } = await ran(() => assert.fail('it was run'), { names, environment: { MQTT_PORT: 'x' } });
    assert.equal(code, 78);
    assert.match(
      told,
      /^plenum: X is not one either\.\nplenum: 2 settings are wrong:\n {2}PROT is not a .*\n {2}MQTT_PORT/,
    );
    const { told: warned } = await ran(async () => 0, { names: { ...names, problems: [] } });
    assert.equal(warned, 'plenum: X is not one either.\n');
    assert.equal((await ran(async () => 0, { words: ['--help'], names })).code, 0);
  });

  it('shows the stack only to those who asked', async () => {
    const { told } = await ran(throws(new Error('it broke')), { environment: { LOG_LEVEL: 'debug' } });
    assert.match(told, /^plenum: it broke\nError: it broke\n {4}at /);
  });

  it('names the port that is taken, and what it tried to connect to', async () => {
    const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 1883 });
    assert.match((await ran(throws(taken))).told, /port 1883 is taken/);
    const both = new AggregateError([new Error('connect ::1'), new Error('connect 127.0.0.1')], '');
    assert.match((await ran(throws(both))).told, /connect ::1; connect 127.0.0.1/);
  });

  it('is silent when it was interrupted; what runs until stopped was stopped cleanly', async () => {
    const stop = AbortSignal.abort();
    assert.deepEqual(await ran(throws(stop.reason), { stop }), { code: 130, told: '' });
    const cleanly = (): Promise<number> => untilStopped(stop, throws(stop.reason));
    assert.deepEqual(await ran(cleanly, { stop }), { code: 0, told: '' });
  });
});
