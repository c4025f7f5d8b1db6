import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { plant } from './check/plant-tree.ts';

const root = path.join(import.meta.dirname, '..');
const program = `console.log(process.env.TAKEN_FROM_FILE, process.env.SET, JSON.stringify(process.env.EMPTY));`;

/** The tree of these files with our launcher, and what is installed for us. */
const launched = (t: TestContext, files: Readonly<Record<string, string>>, entry: string) => {
  const tree = plant(t, { ...files, 'apps/one/main.ts': program, 'tools/one/run.ts': program });
  for (const file of ['tools/launch.mjs', 'tools/follow-parent.mjs', 'package-lock.json']) {
    cpSync(path.join(root, file), path.join(tree, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  const env = { PATH: process.env.PATH, SET: 'by the environment', EMPTY: '' };
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(tree, 'tools/launch.mjs'), entry], {
    ...{ env, encoding: 'utf8' },
  });
  return { said: stdout.trim(), told: stderr };
};

const settings = { '.env': 'TAKEN_FROM_FILE=yes\nSET=by the file\nEMPTY=full\n' };

it('an app takes from .env what the environment does not set, and says so', (t) => {
  const { said, told } = launched(t, settings, 'apps/one/main.ts');
  assert.equal(said, 'yes by the environment ""');
  assert.match(told, /what the environment does not set comes from \.env/);
});

it('without .env nothing is said, and a tool does not read it', (t) => {
  assert.deepEqual(launched(t, {}, 'apps/one/main.ts'), { said: 'undefined by the environment ""', told: '' });
  assert.deepEqual(launched(t, settings, 'tools/one/run.ts'), { said: 'undefined by the environment ""', told: '' });
});

it('a process of Plenum refuses a name in .env that is no setting', (t) => {
  const file = path.join(plant(t, { '.env': 'LOG_LEVLE=debug\nPROT=1\nCOMPOSE_PROJECT_NAME=site\n' }), '.env');
  for (const app of ['plenum', 'mqtt-bridge', 'projector', 'query-api']) {
    const main = path.join(root, `apps/${app}/src/main.ts`);
    const words = app === 'plenum' ? ['replay', 'verify'] : [];
    const { status, stderr } = spawnSync(process.execPath, [`--env-file=${file}`, main, ...words], {
      ...{ env: { PATH: process.env.PATH, PORT: 'none', JWT_SECRET: '' }, cwd: path.dirname(file), encoding: 'utf8' },
    });
    assert.equal(status, 78, `${app}: ${stderr}`);
    assert.match(
      stderr,
      /settings are wrong:\n {2}LOG_LEVLE is not a setting; did you mean LOG_LEVEL\?\n {2}PROT is/,
      app,
    );
    assert.doesNotMatch(stderr, /COMPOSE_PROJECT_NAME/);
  }
});
