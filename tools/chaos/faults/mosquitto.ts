/** What happens to the broker that devices connect to, where the bridge subscribes at one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { between } from '../numbers.ts';
import type { Program } from '../site/program.ts';
import type { Site } from '../site/site.ts';
import { fetchBacklog } from './backlog.ts';
import type { Fault } from './fault.ts';

const onConnectOnly = ({ mosquitto }: Site): string | undefined =>
  mosquitto === undefined ? 'devices connect to the bridge itself' : undefined;

const mosquittoOf = ({ mosquitto }: Site): Program => {
  if (mosquitto === undefined) throw new Error('devices connect to the bridge itself');
  return mosquitto;
};

const stoppedMs = 20_000;

export const mosquittoFaults: readonly Fault[] = [
  {
    kind: 'kill-mosquitto',
    about: 'SIGKILL Mosquitto; what it acknowledged and had not handed on is its loss, and counted apart',
    impossible: onConnectOnly,
    forgetful: true,
    happen: async (site, _, say) => {
      const mosquitto = mosquittoOf(site);
      say(`SIGKILL mosquitto, process ${mosquitto.pid()}`);
      mosquitto.kill();
    },
  },
  {
    kind: 'freeze-mosquitto',
    about: 'SIGSTOP Mosquitto for up to 6 s',
    impossible: onConnectOnly,
    happen: async (site, numbers, say) => {
      const mosquitto = mosquittoOf(site);
      const forMs = between(numbers, 300, 6_000);
      say(`SIGSTOP mosquitto, process ${mosquitto.pid()}, for ${forMs} ms`);
      mosquitto.freeze();
      await sleep(forMs);
      say('SIGCONT mosquitto');
      mosquitto.wake();
    },
  },
  {
    kind: 'stop-mosquitto',
    about: 'SIGSTOP Mosquitto for 20 s; its bridge waits, and has no reason to connect again',
    impossible: onConnectOnly,
    keepsSession: true,
    happen: async (site, _, say) => {
      const mosquitto = mosquittoOf(site);
      say(`SIGSTOP mosquitto, process ${mosquitto.pid()}, for ${stoppedMs / 1000} s`);
      mosquitto.freeze();
      await sleep(stoppedMs);
      say('SIGCONT mosquitto');
      mosquitto.wake();
    },
  },
  {
    kind: 'backlog-mosquitto',
    about: '100,000 messages wait at Mosquitto for the bridges, and in the middle SIGSTOP it for 20 s',
    impossible: onConnectOnly,
    happen: (site, _, say) => fetchBacklog(site, say),
  },
  {
    kind: 'cut-mosquitto',
    about: 'break the connections between bridges and Mosquitto for up to 5 s',
    impossible: onConnectOnly,
    happen: async ({ brokerWire }, numbers, say) => {
      const forMs = between(numbers, 200, 5_000);
      say(`the network between the bridges and mosquitto is cut for ${forMs} ms`);
      brokerWire?.cut();
      await sleep(forMs);
      say('the network between the bridges and mosquitto is whole');
      brokerWire?.mend();
    },
  },
];
