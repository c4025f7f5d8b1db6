/** The bridge's counters as metrics. */
import type { MetricsRegistry, Read } from '@plenum/metrics';
import type { Bridge } from './bridge.ts';
import type { AccessCounts } from './device-access.ts';
import { registerRegistrationMetrics } from './registrations/registration-metrics.ts';
import { registerRightsMetrics } from './rights/rights-metrics.ts';

/** `bridge` is `undefined` as long as it does not listen. */
export const registerBridgeMetrics = (registry: MetricsRegistry, bridge: () => Bridge | undefined): void => {
  const of =
    (read: (bridge: Bridge) => number): Read =>
    () => {
      const running = bridge();
      return running === undefined ? [] : read(running);
    };
  messages(registry, bridge);
  registry.gauge(
    { name: 'plenum_bridge_messages_in_hand', help: 'Messages received and neither kept nor dropped yet.' },
    of(({ balance }) => balance().inHand),
  );
  registry.gauge(
    { name: 'plenum_bridge_in_hand_bytes', help: 'Memory of what is held for the log.' },
    of(({ load }) => load().inHandBytes),
  );
  registry.gauge(
    { name: 'plenum_bridge_log_away', help: '1 while the log does not take events, else 0.' },
    of(({ state }) => (state() === 'away' ? 1 : 0)),
  );
  registry.counter(
    { name: 'plenum_bridge_appends_total', help: 'Batches that the log has taken.' },
    of(({ load }) => load().appends),
  );
  registry.counter(
    { name: 'plenum_bridge_append_retries_total', help: 'Batches that had to be tried again.' },
    of(({ load }) => load().retries),
  );
  registry.gauge(
    { name: 'plenum_bridge_last_append_seconds', help: 'How long the log took for the last batch.' },
    of(({ load }) => load().lastAppendMs / 1000),
  );
  registry.gauge(
    { name: 'plenum_bridge_connections', help: 'Open MQTT connections.' },
    of(({ counts }) => counts().connections),
  );
  clients(registry, of);
  signingIn(registry, bridge);
  presence(registry, bridge);
  refusals(registry, bridge);
  broker(registry, bridge);
  registerRightsMetrics(registry, () => bridge()?.rights?.());
  registerRegistrationMetrics(registry, () => bridge()?.registrations?.());
};

const presence = (registry: MetricsRegistry, bridge: () => Bridge | undefined): void =>
  registry.counter(
    {
      name: 'plenum_bridge_presence_events_total',
      help: 'Events about who is connected: appended, or dropped for newer ones while the log was away.',
      labels: ['outcome'],
    },
    () => {
      const { appended, dropped } = bridge()?.presence?.() ?? {};
      if (appended === undefined || dropped === undefined) return [];
      return Object.entries({ appended, dropped }).map(([outcome, value]) => ({ labels: { outcome }, value }));
    },
  );

const refusals = (registry: MetricsRegistry, bridge: () => Bridge | undefined): void => {
  registry.counter(
    {
      name: 'plenum_bridge_refusal_events_total',
      help: 'Events about who did not sign in: appended, or dropped for newer ones while the log was away.',
      labels: ['outcome'],
    },
    () => {
      const { appended, dropped } = bridge()?.refusals?.() ?? {};
      if (appended === undefined || dropped === undefined) return [];
      return Object.entries({ appended, dropped }).map(([outcome, value]) => ({ labels: { outcome }, value }));
    },
  );
  registry.counter(
    {
      name: 'plenum_bridge_refusals_unreported_total',
      help: 'Clients that did not sign in and are in no event, since too many others came.',
    },
    () => bridge()?.refusals?.().unreported ?? [],
  );
};

/** Nothing from an MQTT listener. */
const broker = (registry: MetricsRegistry, bridge: () => Bridge | undefined): void => {
  const of =
    (read: (session: ReturnType<NonNullable<Bridge['broker']>>) => number): Read =>
    () => {
      const session = bridge()?.broker?.();
      return session === undefined ? [] : read(session);
    };
  registry.gauge(
    { name: 'plenum_bridge_session_open', help: '1 while messages come from the broker, else 0.' },
    of(({ state }) => (state === 'open' ? 1 : 0)),
  );
  registry.gauge(
    { name: 'plenum_bridge_standing_by', help: '1 while another bridge has the session, else 0.' },
    of(({ state }) => (state === 'standing-by' ? 1 : 0)),
  );
  registry.counter(
    { name: 'plenum_bridge_sessions_opened_total', help: 'How often the session was opened.' },
    of(({ opened }) => opened),
  );
  registry.counter(
    {
      name: 'plenum_bridge_sessions_missing_total',
      help: 'How often the broker knew no session: the first time, or it has lost what waited in it.',
    },
    of(({ openedWithoutSession }) => openedWithoutSession),
  );
  registry.counter(
    {
      name: 'plenum_bridge_sessions_ended_total',
      help: 'How often the session ended by itself or could not be opened.',
    },
    of(({ ended }) => ended),
  );
  registry.counter(
    {
      name: 'plenum_bridge_redelivered_total',
      help: 'Messages that the broker marked as sent before (DUP). Some come after every lost connection.',
    },
    of(({ redelivered }) => redelivered),
  );
};

/** received = the sum of all outcomes + in hand. */
const messages = (registry: MetricsRegistry, bridge: () => Bridge | undefined): void => {
  registry.counter(
    { name: 'plenum_bridge_messages_received_total', help: 'PUBLISH packets counted at the socket, and wills.' },
    () => bridge()?.balance().received ?? [],
  );
  registry.counter(
    {
      name: 'plenum_bridge_messages_total',
      help: 'What became of received messages: appended, quarantined, discarded (quarantined as a count), or dropped and why.',
      labels: ['outcome'],
    },
    () => {
      const balance = bridge()?.balance();
      if (balance === undefined) return [];
      const { appended, quarantined, discarded, dropped } = balance;
      return Object.entries({ appended, quarantined, discarded, ...dropped }).map(([outcome, value]) => ({
        labels: { outcome },
        value,
      }));
    },
  );
};

/** Nothing where devices connect to a broker. */
const signingIn = (registry: MetricsRegistry, bridge: () => Bridge | undefined): void => {
  const of =
    (read: (access: AccessCounts) => number): Read =>
    () => {
      const access = bridge()?.access?.();
      return access === undefined ? [] : read(access);
    };
  registry.gauge(
    { name: 'plenum_bridge_signed_in', help: 'Open MQTT connections of nodes that signed in.' },
    of(({ signedIn }) => signedIn),
  );
  registry.counter(
    {
      name: 'plenum_bridge_sign_ins_refused_total',
      help: 'Clients that did not sign in as a node: refused, or let in with wrong credentials because of MQTT_ANONYMOUS.',
      labels: ['outcome'],
    },
    () => {
      const { refused, refusedIfAsked } = bridge()?.access?.() ?? {};
      if (refused === undefined || refusedIfAsked === undefined) return [];
      return Object.entries({ refused, admitted: refusedIfAsked }).map(([outcome, value]) => ({
        labels: { outcome },
        value,
      }));
    },
  );
  registry.counter(
    {
      name: 'plenum_bridge_rights_ended_total',
      help: 'Connections of nodes that were ended because their key or certificate was taken back, or they were disabled or removed.',
    },
    of(({ ended }) => ended),
  );
};

const clients = (registry: MetricsRegistry, of: (read: (bridge: Bridge) => number) => Read): void => {
  registry.counter(
    { name: 'plenum_bridge_client_errors_total', help: 'Connections closed because of what their client did.' },
    of(({ counts }) => counts().clientErrors),
  );
  registry.counter(
    { name: 'plenum_bridge_connects_refused_total', help: 'CONNECTs answered with code 3 because the log was away.' },
    of(({ counts }) => counts().refusedWhileAway),
  );
  registry.counter(
    { name: 'plenum_bridge_publishes_denied_total', help: 'Messages on topics that their clients may not publish on.' },
    of(({ counts }) => counts().deniedPublishes),
  );
  registry.counter(
    { name: 'plenum_bridge_deliveries_dropped_total', help: 'QoS 0 deliveries to subscribers that do not keep up.' },
    of(({ counts }) => counts().notDelivered),
  );
  registry.counter(
    { name: 'plenum_bridge_not_queued_total', help: 'Messages for sessions that are away and have too many waiting.' },
    of(({ counts }) => counts().notQueued),
  );
};
