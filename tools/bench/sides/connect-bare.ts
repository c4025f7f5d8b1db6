/** The bare side of the connector: the same client, acknowledging at once and keeping nothing; decoding or not. */
import { type MqttConnector, mqttConnector } from '@plenum/mqtt';
import { milestones } from '../machine/milestones.ts';
import { loudLogger } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { alwaysGranted } from './always-granted.ts';
import { decoder } from './decoder.ts';
import { keepsNothing } from './keeps-nothing.ts';

export type Start = {
  readonly broker: { readonly port: number; readonly clientId: string };
  readonly decodes: boolean;
};

const progress = milestones();
let connector: MqttConnector | undefined;

/** Settles when the session is open. */
const start = async ({ broker: { port, clientId }, decodes }: Start): Promise<void> => {
  const opened = Promise.withResolvers<void>();
  connector = mqttConnector({
    url: `mqtt://127.0.0.1:${port}`,
    clientId,
    // As the bridge subscribes unless it is set otherwise.
    filters: ['ceiling/#'],
    ingest: keepsNothing({ look: decodes ? decoder() : () => 1, answered: progress.add }),
    leases: alwaysGranted,
    clock: { nowUs: () => Date.now() * 1000 },
    logger: loudLogger,
    onState: (state) => {
      if (state === 'open') opened.resolve();
    },
  });
  await Promise.race([opened.promise, connector.failed]);
};

const finish = async (): Promise<void> => {
  await connector?.close();
};

serve({ start, finish, reached: ({ count }: { readonly count: number }) => progress.reached(count) }, finish);
