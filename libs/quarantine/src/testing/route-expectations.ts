/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:quarantine': ['field_worker', 'engineer', 'admin', 'administrator'],
  },
  routes: {
    'GET /api/v1/quarantine': ['read:quarantine', 'installation'],
    'GET /api/v1/quarantine/:time/:event': ['read:quarantine', 'installation'],
    'GET /api/v1/quarantine/counts': ['read:quarantine', 'installation'],
  },
};
