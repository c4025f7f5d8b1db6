import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AuthenticationMetrics } from '@plenum/authentication';
import { fakeApp } from '../../testing/fake-app.ts';
import { fakeAuthentication } from '../../testing/fake-authentication.ts';

const metrics: AuthenticationMetrics = {
  authenticated: { session: 1, api_key: 2, oidc: 3 },
  refused: { session: 4, api_key: 5, oidc: 6, none: 7 },
  unavailable: 8,
  logins: { started: 9, refused: 10 },
  securityEventsDropped: 11,
  securityEventsWaiting: 12,
  authorization: { remembered: 13, hits: 14, reads: 15, unreadableForMs: 1_600 },
  credentialHashesUnreadable: 17,
};

it('who was let in is shown as numbers, without who it was', async (t) => {
  const app = await fakeApp(t, { authentication: fakeAuthentication({ metrics: () => metrics }) });
  const { body, statusCode } = await app.inject('/metrics');
  assert.equal(statusCode, 200);
  for (const line of [
    'plenum_access_authenticated_total{method="api_key"} 2',
    'plenum_access_refused_total{method="none"} 7',
    'plenum_access_unavailable_total 8',
    'plenum_access_logins_total{outcome="started"} 9',
    'plenum_access_security_events_dropped_total 11',
    'plenum_access_authorization_unreadable_seconds 1.6',
    'plenum_access_credential_hashes_unreadable_total 17',
  ]) {
    assert.ok(body.split('\n').includes(line), line);
  }
});
