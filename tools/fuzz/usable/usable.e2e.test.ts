/**
 * What is accepted is usable: every message that is acknowledged is in the tables, in an export and in the answers of the
 * API, whatever characters, times and JSON are in it. What is not is in quarantine.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { topics } from '@plenum/catalogue';
import { mosquittoMissing } from '@plenum/local-mosquitto/testing';
import { exportLog } from '../../../apps/plenum/src/replay/export-log.ts';
import { openAccounts } from '../../chaos/accounts.ts';
import { watchApi } from '../../chaos/api-watch.ts';
import { endRun } from '../../chaos/end-run.ts';
import { siteReady } from '../../chaos/recovery.ts';
import type { LogLine } from '../../chaos/site/program.ts';
import { type Site, startSite } from '../../chaos/site/site.ts';
import { sweepSites } from '../../chaos/site/sweep-sites.ts';
import { everyMessage } from './every-message.ts';
import type { Message } from './message.ts';
import { publish } from './publish.ts';

const cache = path.join(import.meta.dirname, '../../../.cache/fuzz');

for (const mqtt of ['listen', 'connect'] as const) {
  const skip = mqtt === 'connect' ? mosquittoMissing : false;
  it(`every character, time and shape is usable (${mqtt})`, { skip, timeout: 600_000 }, async (t) => {
    const told: string[] = [];
    const bridgeLines: LogLine[] = [];
    const site = await openSite(t, mqtt, bridgeLines);
    const accounts = openAccounts(site);
    const api = watchApi(site);
    t.after(() => api.stop());
    const sent = [...everyMessage()];
    assert.equal(await publish({ port: site.mqttPort, messages: sent, stop: t.signal }), sent.length);
    const end = { site, accounts, api, planted: 0, devices: 'wild', bridgeLines } as const;
    const verdict = await endRun({ ...end, tell: (line) => void told.push(line) });
    assert.deepEqual(verdict.problems, [], told.join('\n'));
    assert.equal(verdict.verified, true);

    const exported = await exportedUnits(site);
    const answered = await answeredUnits(site);
    for (const { topic, payload } of sent.filter(isUnit)) {
      const { unit } = JSON.parse(Buffer.from(payload).toString()) as { unit: string }; // It is one of ours.
      assert.equal(exported.get(topic), unit, topic);
      assert.equal(answered.get(topic), unit.replaceAll('\u0000', '\uFFFD'), topic);
    }
  });
}

const openSite = async (t: TestContext, mqtt: 'listen' | 'connect', lines: LogLine[]): Promise<Site> => {
  await sweepSites(cache);
  const directory = path.join(cache, `run-${process.pid}-${mqtt}`);
  const bridgeSaid = (line: LogLine): void => {
    if (line.msg === 'the bridge has stopped') lines.push(line);
  };
  const devices = { log: 'postgres', mqtt, seed: 11, nodes: 2, ratePerSecond: 20 } as const;
  const site = await startSite({
    ...devices,
    directory,
    logs: path.join(directory, 'logs'),
    ownDisk: false,
    bridgeSaid,
  });
  t.after(() => site.close());
  await siteReady(site);
  return site;
};

const isUnit = ({ topic }: Message): boolean => topic.startsWith('ceiling/sensors/unit-');

/** As `export-record.ts` writes it. */
type ExportedLine = { readonly headers: { readonly ce_source: string }; readonly event?: { readonly unit?: string } };

/** By MQTT topic, out of an export of the whole log; every line of every topic is JSON. */
const exportedUnits = async ({ log, codec }: Site): Promise<ReadonlyMap<string, string>> => {
  const units = new Map<string, string>();
  for (const { name } of topics) {
    let rest = '';
    let lines = 0;
    const write = async (text: string): Promise<void> => {
      const parts = `${rest}${text}`.split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        const { headers, event } = JSON.parse(line) as ExportedLine;
        lines += 1;
        if (event?.unit !== undefined) units.set(headers.ce_source, event.unit);
      }
    };
    assert.equal(await exportLog({ log, codec, topic: name, write }), lines);
    assert.equal(rest, '');
  }
  return units;
};

type LatestPage = { readonly items: readonly { sensor_id: string; unit: string }[]; readonly next: string | null };

/** By MQTT topic, as the API shows the latest of every sensor. */
const answeredUnits = async ({ apiUrl, apiHeaders }: Site): Promise<ReadonlyMap<string, string>> => {
  const units = new Map<string, string>();
  for (let next: string | null = '/api/v1/readings/latest?limit=500'; next !== null; ) {
    const response = await fetch(`${apiUrl}${next}`, { headers: { ...apiHeaders } });
    assert.equal(response.status, 200);
    const page = (await response.json()) as LatestPage; // Its schema says so.
    for (const { sensor_id, unit } of page.items) units.set(`ceiling/sensors/${sensor_id}/data`, unit);
    next = page.next;
  }
  return units;
};
