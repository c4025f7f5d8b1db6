/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:devices': ['field_worker', 'engineer', 'admin', 'administrator'],
  },
  routes: {
    'GET /api/v1/devices/presence': ['read:devices', 'installation'],
    'GET /api/v1/devices/presence/:id': ['read:devices', 'installation'],
  },
};
