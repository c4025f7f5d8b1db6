/** Who may call which route, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:sensors': ['guest', 'operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
  },
  routes: {
    'GET /api/v1/nodes': 'read:sensors',
    'GET /api/v1/nodes/:id': 'read:sensors',
    'GET /api/v1/readings': 'read:sensors',
    'GET /api/v1/readings/latest': 'read:sensors',
    'GET /api/v1/readings/intervals': 'read:sensors',
    'GET /api/v1/network/status': 'read:sensors',
    'GET /api/iot/network/status': 'read:sensors',
    'GET /api/iot/sensors/:id/data': 'read:sensors',
  },
};
