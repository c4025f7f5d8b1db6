/** A Mosquitto whose dynamic-security plugin says who may do what, and the user who may say so. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { findDynamicSecurity } from '../find-dynamic-security.ts';
import { type MosquittoOptions, type TestMosquitto, testMosquitto } from './test-mosquitto.ts';

export type MosquittoWithRights = TestMosquitto & {
  readonly url: string;
  /** May administer the plugin, and nothing else. */
  readonly administrator: { readonly username: string; readonly password: string };
};

/** Over TCP alone, unless asked otherwise. Stopped and removed after the test. */
export const mosquittoWithRights = async (
  t: TestContext,
  options: MosquittoOptions = {},
): Promise<MosquittoWithRights> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-dynsec-'));
  // Given again when the test ends, so that it comes after the broker was stopped.
  t.after(() => t.after(() => t.after(() => rmSync(folder, { recursive: true }))));
  const file = path.join(folder, 'dynamic-security.json');
  const administrator = { username: 'admin', password: 'secret' };
  const words = ['dynsec', 'init', file, administrator.username, administrator.password];
  const made = spawnSync('mosquitto_ctrl', words, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`mosquitto_ctrl: ${made.error?.message ?? made.stderr}`);
  const { settings = [], ...others } = options;
  const plugin = [`plugin ${findDynamicSecurity()}`, `plugin_opt_config_file ${file}`];
  const broker = await testMosquitto(t, { tcpOnly: true, ...others, settings: [...settings, ...plugin] });
  return { ...broker, url: `mqtt://127.0.0.1:${broker.port}`, administrator };
};
