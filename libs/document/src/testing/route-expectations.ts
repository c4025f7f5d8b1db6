/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:exports': ['operator', 'maintenance', 'field_worker', 'engineer', 'administrator', 'admin'],
    'write:exports': ['operator', 'maintenance', 'field_worker', 'engineer', 'administrator', 'admin'],
  },
  routes: {
    'GET /api/v1/exports': ['read:exports', 'list'],
    'GET /api/v1/exports/:id': ['read:exports', 'one'],
    'GET /api/v1/exports/:id/versions/:version': ['read:exports', 'one'],
    'GET /api/v1/exports/:id/file': ['read:exports', 'one'],
    'GET /api/v1/export-kinds': ['read:exports', 'installation'],
    'POST /api/v1/exports': ['write:exports', 'self'],
    'DELETE /api/v1/exports/:id': ['write:exports', 'one'],
  },
  // Nobody makes it there.
  owned: { 'GET /api/v1/exports/:id/file': 409 },
  bodies: { 'POST /api/v1/exports': { kind: 'readings', format: 'csv' } },
};
