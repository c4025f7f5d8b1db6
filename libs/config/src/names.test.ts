import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { formerNames, renamedSettings } from './former-names.ts';
import { knownNames } from './generated/known-names.ts';
import { judgeFileNames, judgeNames } from './names.ts';

describe('the names in a file of settings', () => {
  it('are those of settings, or it says what was probably meant, of all at once', () => {
    assert.deepEqual(judgeFileNames(knownNames), { problems: [], warnings: [] });
    assert.deepEqual(judgeFileNames(['LOG_LEVLE', 'LOG', 'log_level', 'COLOUR', 'constructor']).problems, [
      { name: 'LOG_LEVLE', problem: 'is not a setting; did you mean LOG_LEVEL?' },
      { name: 'log_level', problem: 'is not a setting; did you mean LOG_LEVEL?' },
      { name: 'COLOUR', problem: 'is not a setting.' },
      { name: 'constructor', problem: 'is not a setting.' },
    ]);
  });

  it('may be of other programs, and of a site itself', () => {
    const others = ['COMPOSE_PROJECT_NAME', 'COMPOSE_FILE', 'DOCKER_HOST', 'NODE_OPTIONS', 'PGAPPNAME', 'TZ'];
    const names = [...others, 'HTTPS_PROXY', 'no_proxy', 'LC_ALL', 'X_SITE'];
    assert.deepEqual(judgeFileNames(names), { problems: [], warnings: [] });
  });

  it('may be of a replaced system, and then it says what is instead', () => {
    const { problems, warnings } = judgeFileNames(['SECRET_KEY', 'HTTP_PORT']);
    assert.deepEqual(problems, []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^SECRET_KEY is a setting of a replaced system .* JWT_SECRET signs/);
    for (const name of Object.keys(formerNames)) assert.ok(!knownNames.includes(name), `${name} is a setting by now`);
  });
});

describe('a setting that has another name now', () => {
  it('is refused in a file and warned of in the environment, with the name it has', () => {
    assert.deepEqual(judgeFileNames(['DOOR']).problems, [{ name: 'DOOR', problem: 'is called MQTT_MODE now.' }]);
    const { problems, warnings } = judgeNames({ execArgv: [], env: { DOOR: 'connect' } });
    assert.deepEqual([problems, warnings], [[], ['DOOR, in the environment, is called MQTT_MODE now.']]);
    for (const [before, now] of Object.entries(renamedSettings)) {
      assert.ok(knownNames.includes(now) && !knownNames.includes(before), before);
    }
  });
});

describe('the names of a process', () => {
  it('are judged in its environment where they are plainly meant for Plenum', () => {
    const env = {
      ...{ LOG_LEVLE: 'debug', PLENUM_DATA: '/x', KAFKA_BROKER: 'a:1', PLENUM_COLOUR: 'red' },
      // Not near enough, too short to judge, empty, not written as a setting is, or of a replaced system.
      ...{ MQTT_USER: 'x', LOGS: 'x', STALE_AFTER: '', log_levle: 'x', HTTPS_PORT: '443', PATH: '/bin' },
    };
    assert.deepEqual(judgeNames({ execArgv: [], env }), {
      problems: [],
      warnings: [
        'LOG_LEVLE, in the environment, is not a setting; did you mean LOG_LEVEL?',
        'PLENUM_DATA, in the environment, is not a setting; did you mean PLENUM_DATA_DIR?',
        'KAFKA_BROKER, in the environment, is not a setting; did you mean KAFKA_BROKERS?',
        'PLENUM_COLOUR, in the environment, is not a setting.',
      ],
    });
  });

  it('are judged in the files it was given, however they were named', (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plenum-names-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, '.env');
    writeFileSync(file, '# LOG_LEVLES=1\nexport LOG_LEVLE="de\nbug"\nPROT = 1\n');
    const env = { LOG_LEVLE: 'from the file', PROT: '1' };
    for (const execArgv of [[`--env-file=${file}`], ['--env-file', file], [`--env-file-if-exists=${file}`]]) {
      const { problems, warnings } = judgeNames({ execArgv: ['--no-warnings', ...execArgv], env });
      assert.deepEqual([problems.map(({ name }) => name), warnings], [['LOG_LEVLE', 'PROT'], []]);
    }
    assert.deepEqual(judgeNames({ execArgv: [`--env-file-if-exists=${file}.not`], env: {} }).problems, []);
  });
});
