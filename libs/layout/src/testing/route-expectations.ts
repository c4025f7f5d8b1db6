/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:projects': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'write:projects': ['operator', 'administrator', 'engineer', 'admin'],
    'approve:projects': ['administrator', 'admin'],
  },
  routes: {},
};
