import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { startLocalMosquitto } from './local-mosquitto.ts';

it('is started on another port when somebody took the first one meanwhile', async (t) => {
  const folder = standIn(
    t,
    `[ "$(wc -l < "$0.ports")" -gt 1 ] || { echo "Error: Address already in use" >&2; exit 1; }`,
  );
  const broker = await startLocalMosquitto(folder);
  const ports = readFileSync(path.join(folder, 'mosquitto.ports'), 'utf8').trim().split('\n');
  assert.equal(ports.length, 2);
  assert.equal(broker.url, `mqtt://127.0.0.1:${ports[1]}`);
  await broker.stop();
});

it('says why it was not started otherwise, and does not try again', async (t) => {
  const folder = standIn(t, 'echo "Error: no such thing" >&2; exit 1');
  await assert.rejects(startLocalMosquitto(folder), /Mosquitto did not start: Error: no such thing/);
  assert.equal(readFileSync(path.join(folder, 'mosquitto.ports'), 'utf8').trim().split('\n').length, 1);
});

/** A folder with a program that is called like the broker, notes its port, and does what it is given before it runs. */
const standIn = (t: TestContext, then: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-stand-in-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = [
    '#!/bin/sh',
    `sed -n 's/^listener \\([0-9]*\\) .*/\\1/p' "$2" >> "$0.ports"`,
    then,
    'echo "mosquitto version 0 running" >&2',
    'exec sleep 600',
    '',
  ];
  writeFileSync(path.join(folder, 'mosquitto'), script.join('\n'), { mode: 0o755 });
  return folder;
};
