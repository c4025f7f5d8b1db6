/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const platformExpectations: RouteExpectations = {
  permissions: {
    'read:projection': ['field_worker', 'engineer', 'admin', 'administrator'],
  },
  routes: {
    'GET /api/v1/nodes/:id/refusals': ['read:quarantine', 'installation'],
    'GET /api/v1/parked': ['read:quarantine', 'installation'],
    'GET /api/v1/balance': ['read:projection', 'installation'],
    'GET /api/v1/lag': ['read:projection', 'installation'],
    'GET /api/v1/stream': ['identified', 'list'],
    'GET /api/v1/health/live': ['public', 'public'],
    'GET /api/v1/health/ready': ['public', 'public'],
    'GET /api/v1/openapi.json': ['public', 'public'],
    'GET /': ['public', 'public'],
    'GET /health': ['public', 'public'],
    'GET /api/health': ['public', 'public'],
    'GET /metrics': ['public', 'public'],
    'GET /problems/:kind': ['public', 'public'],
  },
  /** Without a kind there is nothing to follow; with one it has no end. */
  unprovided: { 'GET /api/v1/stream': 400 },
};
