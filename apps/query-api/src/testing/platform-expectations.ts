/** Who may call which route, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const platformExpectations: RouteExpectations = {
  permissions: {
    'read:projection': ['field_worker', 'engineer', 'admin', 'administrator'],
  },
  routes: {
    'GET /api/v1/nodes/:id/refusals': 'read:quarantine',
    'GET /api/v1/parked': 'read:quarantine',
    'GET /api/v1/sums': 'read:projection',
    'GET /api/v1/lag': 'read:projection',
    'GET /api/v1/health/live': 'public',
    'GET /api/v1/health/ready': 'public',
    'GET /api/v1/openapi.json': 'public',
    'GET /': 'public',
    'GET /health': 'public',
    'GET /api/health': 'public',
    'GET /metrics': 'public',
    'GET /problems/:kind': 'public',
  },
};
