/** What authentication counts, as metrics: who was let in and who was not, by what they showed and never by who they are. */
import type { Authentication, AuthenticationMetrics } from '@plenum/authentication';
import type { MetricsRegistry } from '@plenum/metrics';

export const addAccessMetrics = (registry: MetricsRegistry, { metrics }: Pick<Authentication, 'metrics'>): void => {
  const byLabel = (label: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
  const total = (name: string, help: string, read: (now: AuthenticationMetrics) => number): void =>
    registry.counter({ name, help }, () => read(metrics()));
  const now = (name: string, help: string, read: (now: AuthenticationMetrics) => number): void =>
    registry.gauge({ name, help }, () => read(metrics()));

  registry.counter(
    { name: 'plenum_access_authenticated_total', help: 'Requests let in, by what they showed.', labels: ['method'] },
    () => byLabel('method', metrics().authenticated),
  );
  registry.counter(
    { name: 'plenum_access_refused_total', help: 'Requests not let in, by what they showed.', labels: ['method'] },
    () => byLabel('method', metrics().refused),
  );
  registry.counter({ name: 'plenum_access_logins_total', help: 'Logins with a password.', labels: ['outcome'] }, () =>
    byLabel('outcome', metrics().logins),
  );
  total(
    'plenum_access_unavailable_total',
    'Requests for which authentication was unavailable.',
    ({ unavailable }) => unavailable,
  );
  total(
    'plenum_access_security_events_dropped_total',
    'Security events that no record stands for: the log was away too long, or there were too many.',
    ({ securityEventsDropped }) => securityEventsDropped,
  );
  now(
    'plenum_access_security_events_waiting',
    'Security events that wait for the log.',
    ({ securityEventsWaiting }) => securityEventsWaiting,
  );
  total(
    'plenum_access_authorization_hits_total',
    'Answers about authorization from memory.',
    ({ authorization }) => authorization.hits,
  );
  total(
    'plenum_access_authorization_reads_total',
    'Reads of the authorization tables.',
    ({ authorization }) => authorization.reads,
  );
  now(
    'plenum_access_authorization_unreadable_seconds',
    'How long the authorization tables could not be read; 0 when they can. Beyond 5 every request gets 503.',
    ({ authorization }) => authorization.unreadableForMs / 1_000,
  );
  total(
    'plenum_access_credential_hashes_unreadable_total',
    'Times that a password or a key could not be checked for want of its master key.',
    ({ credentialHashesUnreadable }) => credentialHashesUnreadable,
  );
};
