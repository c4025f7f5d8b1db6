/** paho for Go, which speaks MQTT 5 only. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { findGo } from '@plenum/s3/testing';
import { builtProgram, clientsCache } from './built-program.ts';
import { loseNothing } from './lose-nothing.ts';

const folder = path.join(import.meta.dirname, 'paho-go');
const sources = ['main.go', 'go.mod', 'go.sum'].map((file) => path.join(folder, file));
const { built = '', skip } = await builtProgram('paho-go', sources, async (target) => {
  const ownGo = path.join(target, 'go');
  const go = await findGo(ownGo);
  const env = {
    ...process.env,
    GOPATH: path.join(clientsCache, 'go'),
    GOFLAGS: '-modcacherw -buildvcs=false',
    CGO_ENABLED: '0',
  };
  await promisify(execFile)(go, ['build', '-trimpath', '-o', path.join(target, 'client'), '.'], { cwd: folder, env });
  await rm(ownGo, { recursive: true, force: true });
});

it('loses nothing by paho for Go when the server is killed', { skip, timeout: 60_000 }, async (t) => {
  await loseNothing(t, { command: [path.join(built, 'client')], levels: [5] });
});
