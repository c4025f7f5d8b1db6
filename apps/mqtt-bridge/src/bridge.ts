/** What a bridge is given, and what it shows of itself while it runs. */
import type { Config } from '@plenum/config';
import type { AtBroker } from '@plenum/device';
import type { ConnectorCounts, ConnectorState, Endpoint, ListenerCounts, WhenPortTaken } from '@plenum/mqtt';
import type {
  Clock,
  DeviceMessages,
  EventCodec,
  IngestBalance,
  IngestLoad,
  Leases,
  Log,
  Logger,
  SessionStore,
} from '@plenum/runtime';
import type { CommandCounts } from './commands/attempts.ts';
import type { CommandWork } from './commands/send-commands.ts';
import type { bridgeSettings } from './config.ts';
import type { AccessCounts } from './device-access.ts';
import type { AuthorizedNodes } from './listener-access.ts';
import type { PresenceCounts } from './presence-sender.ts';
import type { RefusalCounts } from './refusal-reporter.ts';
import type { RegistrationWork } from './registrations/keep-registrations.ts';
import type { RegistrationCounts } from './registrations/registration-counts.ts';
import type { RightsCounts } from './rights/rights-counts.ts';

export type BridgeConfig = Config<typeof bridgeSettings>;

export type BridgeParts = {
  readonly config: BridgeConfig;
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly logger: Logger;
  /** The wall clock in whole milliseconds unless said otherwise. */
  readonly clock?: Clock;
  /** Called once the bridge takes connections; what it is given stays readable, also after the end. */
  readonly onListening?: (bridge: Bridge) => void;
  /** Called when the session with the broker changes, when MQTT_MODE is `connect`. */
  readonly onSession?: (state: ConnectorState) => void;
  /** What to do when a port is taken; `fail` unless said otherwise. */
  readonly whenPortTaken?: WhenPortTaken;
  /** MQTT_MODE=connect needs them: of several bridges one has the session. So does who is given `registrations`. */
  readonly leases?: Leases;
  /** MQTT_MODE=listen needs it: what devices' sessions are kept in. The bridge closes it. */
  readonly sessions?: SessionStore;
  /** Nodes are sent commands with it; without it none are. */
  readonly commands?: CommandWork;
  /** Registrations of enrolled nodes are published with it; without it none are. */
  readonly registrations?: RegistrationWork;
  /** MQTT_MODE=listen needs them where devices have to sign in, MQTT_MODE=connect where it keeps their rights at the broker. */
  readonly nodes?: AuthorizedNodes;
  /** The rights of nodes at the broker, where MQTT_MODE is `connect` and they are Plenum's to keep. */
  readonly atBroker?: AtBroker | undefined;
};

/** A running bridge, for those who show its metrics. */
export type Bridge = {
  readonly tcp: Endpoint | undefined;
  readonly tls: Endpoint | undefined;
  readonly webSocket: Endpoint | undefined;
  balance(): IngestBalance;
  load(): IngestLoad;
  counts(): ListenerCounts;
  /** How devices signed in, where they connect to the bridge and it has the table of nodes. */
  readonly access?: (() => AccessCounts) | undefined;
  /** The way down to devices: theirs is the acknowledgement when MQTT_MODE is `listen`, else the broker's. */
  readonly devices: DeviceMessages;
  /** The session with the broker, when MQTT_MODE is `connect`. */
  readonly broker: (() => ConnectorCounts & { readonly state: ConnectorState }) | undefined;
  /** Events about who is connected, where this bridge reports that. */
  readonly presence?: (() => PresenceCounts) | undefined;
  /** Commands to nodes, where this bridge sends them. */
  readonly commands?: (() => CommandCounts) | undefined;
  /** Events about who did not sign in, where this bridge asks. */
  readonly refusals?: (() => RefusalCounts) | undefined;
  /** Rights of nodes at a broker, where this bridge may keep them. */
  readonly rights?: (() => RightsCounts) | undefined;
  /** Registrations of enrolled nodes, where this bridge may publish them. */
  readonly registrations?: (() => RegistrationCounts) | undefined;
  /** `away`: the log does not take events at the moment, and nobody new is let in. */
  state(): 'flowing' | 'away';
};
