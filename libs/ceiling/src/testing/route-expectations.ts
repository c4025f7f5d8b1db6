/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:sensors': ['guest', 'operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'read:data': ['administrator', 'field_worker', 'engineer', 'admin'],
  },
  routes: {
    'GET /api/v1/nodes': ['read:sensors', 'installation'],
    'GET /api/v1/nodes/:id': ['read:sensors', 'installation'],
    'GET /api/v1/readings': ['read:sensors', 'installation'],
    'GET /api/v1/readings/latest': ['read:sensors', 'installation'],
    'GET /api/v1/readings/intervals': ['read:sensors', 'installation'],
    'GET /api/v1/network/status': ['read:sensors', 'installation'],
    'GET /api/iot/network/status': ['read:sensors', 'installation'],
    'GET /api/iot/sensors/:id/data': ['read:sensors', 'installation'],
    'GET /api/integration/export/json': ['read:data', 'installation'],
    'GET /api/integration/export/:format': ['read:data', 'installation'],
  },
  queries: {
    'GET /api/v1/readings': { node: 'n1' },
    'GET /api/v1/readings/intervals': { node: 'n1', from: '2026-03-04T09:00:00Z', interval: '1h' },
  },
};
