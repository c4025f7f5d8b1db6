/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';
import { projectDocument } from '../project-document/project-document.ts';
import { projectOf } from './projects.ts';

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:projects': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'write:projects': ['operator', 'administrator', 'engineer', 'admin'],
    'approve:projects': ['administrator', 'admin'],
  },
  routes: {
    'GET /api/v1/ceilings': ['read:projects', 'list'],
    'GET /api/v1/ceilings/:id': ['read:projects', 'one'],
    'GET /api/v1/ceilings/:id/versions/:version': ['read:projects', 'one'],
    'GET /api/v1/ceilings/:id/history': ['read:projects', 'one'],
    'GET /api/v1/ceilings/:id/document': ['read:projects', 'one'],
    'POST /api/v1/ceilings': ['write:projects', 'self'],
    'POST /api/v1/ceilings/import': ['write:projects', 'self'],
    'PATCH /api/v1/ceilings/:id': ['write:projects', 'one'],
    'PUT /api/v1/ceilings/:id/measurements': ['write:projects', 'one'],
    'PUT /api/v1/ceilings/:id/material': ['write:projects', 'one'],
    'POST /api/v1/ceilings/:id/layout': ['write:projects', 'one'],
    'POST /api/v1/ceilings/:id/approval': ['approve:projects', 'one'],
    'POST /api/v1/ceilings/:id/archive': ['write:projects', 'one'],
    'POST /api/v1/ceilings/:id/restore': ['write:projects', 'one'],
    'POST /api/v1/layouts': ['read:projects', 'installation'],
    'POST /api/v1/layouts/comparison': ['read:projects', 'installation'],
    'GET /api/v1/layouts/strategies': ['read:projects', 'installation'],
  },
  computing: ['POST /api/v1/layouts', 'POST /api/v1/layouts/comparison'],
  // Nobody lays it out there.
  owned: { 'GET /api/v1/ceilings/:id/document': 409 },
  bodies: {
    'POST /api/v1/ceilings': { name: 'Hall' },
    'POST /api/v1/ceilings/import': { name: 'Hall', document: projectDocument(projectOf()) },
    'PATCH /api/v1/ceilings/:id': { tags: ['hall'] },
    'PUT /api/v1/ceilings/:id/measurements': { length_mm: 4800, width_mm: 3600 },
    'PUT /api/v1/ceilings/:id/material': { material: 'led_panel_white' },
    'POST /api/v1/layouts': { length_mm: 4800, width_mm: 3600 },
    'POST /api/v1/layouts/comparison': { length_mm: 4800, width_mm: 3600 },
  },
};
